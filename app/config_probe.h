#pragma once

#include "app/config.h"
#include "app/config_files.h"
#include "app/yaml_section.h"

namespace mcp_vitals::app {

// The section `probe`.
void ReadProbe(Section& section, ConfigFiles& files, Config& config);

}  // namespace mcp_vitals::app
