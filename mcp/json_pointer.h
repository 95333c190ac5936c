#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "mcp/error.h"
#include "mcp/json_type.h"

namespace mcp_vitals::mcp {

// What stands at one place of a document.
struct JsonValue {
  JsonType type = JsonType::kNull;
  std::string scalar;      // a string's content or the text as sent; at most 64 KiB are kept
  std::size_t length = 0;  // elements of an array, members of an object, bytes of a string
};

// The value at an RFC 6901 pointer; no value when there is nothing at that place. Of members with
// the same key the last one counts. The document is read by SAX: memory does not grow with it. What
// is no pointer is Error::kWrongShape.
Result<std::optional<JsonValue>> FindJson(std::string_view document, std::string_view pointer);

// True for "" and for "/…" with only the escapes ~0 and ~1.
bool IsJsonPointer(std::string_view pointer);

// Appends "/" and `token`, escaped.
void AppendPointerToken(std::string& pointer, std::string_view token);

}  // namespace mcp_vitals::mcp
