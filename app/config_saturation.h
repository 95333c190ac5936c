#pragma once

#include "app/config.h"
#include "app/config_files.h"
#include "app/yaml_section.h"

namespace mcp_vitals::app {

// The sections `saturation` and `connections`, if they are there; `proxy` has been read.
void ReadInside(Section& root, ConfigFiles& files, Config& config);

}  // namespace mcp_vitals::app
