#pragma once

#include "app/config.h"
#include "app/config_files.h"
#include "app/yaml_section.h"

namespace mcp_vitals::app {

// The section `scaler`, which is there; `proxy` has been read.
void ReadScaler(Section& section, ConfigFiles& files, Config& config);

}  // namespace mcp_vitals::app
