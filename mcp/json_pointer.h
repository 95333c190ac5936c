#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "mcp/error.h"

namespace mcp_vitals::mcp {

enum class JsonType { kNull, kBoolean, kNumber, kString, kArray, kObject };
std::string_view ToString(JsonType type);  // "null", "boolean", "number", …
std::optional<JsonType> ParseJsonType(std::string_view name);

// What stands at one place of a document.
struct JsonValue {
  JsonType type = JsonType::kNull;
  std::string scalar;      // a string's content, a number's or boolean's text as sent; at most 64 KiB
  std::size_t length = 0;  // elements of an array, members of an object, bytes of a string
};

// The value at an RFC 6901 pointer; no value when there is nothing at that place. The document is
// read by SAX: memory does not grow with it.
Result<std::optional<JsonValue>> FindJson(std::string_view document, std::string_view pointer);

// True for "" and for "/…" with only the escapes ~0 and ~1.
bool IsJsonPointer(std::string_view pointer);

}  // namespace mcp_vitals::mcp
