#pragma once

#include <optional>
#include <string_view>

namespace mcp_vitals::mcp {

enum class JsonType { kNull, kBoolean, kNumber, kString, kArray, kObject };
std::string_view ToString(JsonType type);  // "null", "boolean", "number", …
std::optional<JsonType> ParseJsonType(std::string_view name);

}  // namespace mcp_vitals::mcp
