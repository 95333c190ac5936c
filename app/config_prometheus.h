#pragma once

#include <memory>
#include <string>

#include "app/config_files.h"
#include "app/yaml_section.h"
#include "scaler/prometheus_source.h"

namespace mcp_vitals::app {

// The section `prometheus` of the fleet `fleet`.
std::shared_ptr<const scaler::PrometheusSource> ReadPrometheus(Section& section, ConfigFiles& files,
                                                               const std::string& fleet);

}  // namespace mcp_vitals::app
