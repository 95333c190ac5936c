#pragma once

#include <string>
#include <string_view>

#include "mcp/error.h"

namespace mcp_vitals::mcp {

// The tools' definitions in an answer to tools/list, whole and in their order, with commas between
// them and without white space: what stands between the brackets of a manifest file. "" when the
// answer has none. Numbers are as sent, strings are escaped anew.
Result<std::string> CopyDefinitions(std::string_view message);

}  // namespace mcp_vitals::mcp
