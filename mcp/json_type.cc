#include "mcp/json_type.h"

#include <array>

namespace mcp_vitals::mcp {

namespace {
constexpr std::array<std::string_view, 6> kNames = {"null",   "boolean", "number",
                                                    "string", "array",   "object"};
}  // namespace

std::string_view ToString(JsonType type) { return kNames[static_cast<std::size_t>(type)]; }

std::optional<JsonType> ParseJsonType(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<JsonType>(i);
  }
  return std::nullopt;
}

}  // namespace mcp_vitals::mcp
