#pragma once

#include <string_view>

namespace mcp_vitals::mcp {

// What a method counts as when no revision of the specification has it.
inline constexpr std::string_view kOtherMethod = "_OTHER";

// The one whose operations are told apart by tool.
inline constexpr std::string_view kToolsCall = "tools/call";

// The method's name, from a closed list and so with static storage; kOtherMethod if no published
// revision defines it.
std::string_view KnownMethod(std::string_view method);

}  // namespace mcp_vitals::mcp
