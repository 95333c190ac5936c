#pragma once

#include <string>
#include <vector>

#include "app/values.h"
#include "mcp/manifest.h"

namespace mcp_vitals::app {

// The tools that a manifest file holds: the JSON of a `tools/list` result, or of its array.
Parsed<std::vector<mcp::Tool>> LoadManifest(const std::string& path);

}  // namespace mcp_vitals::app
