#pragma once

#include "app/config.h"
#include "app/yaml_section.h"

namespace mcp_vitals::app {

// The section `proxy`.
void ReadProxy(Section& section, Config& config);

}  // namespace mcp_vitals::app
