#pragma once

#include "app/yaml_section.h"
#include "proxy/settings.h"

namespace mcp_vitals::app {

// The section `proxy.limits`.
void ReadLimits(Section& section, proxy::Settings& settings);

}  // namespace mcp_vitals::app
