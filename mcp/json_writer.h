#pragma once

#include <string>
#include <string_view>

namespace mcp_vitals::mcp {

// Appends `text` as a JSON string with its quotes. What is not UTF-8 in it becomes U+FFFD, so the
// result is always valid.
void AppendJsonString(std::string& out, std::string_view text);

}  // namespace mcp_vitals::mcp
