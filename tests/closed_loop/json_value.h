#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/json_type.h"

namespace mcp_vitals::closed_loop {

// A JSON document as a tree: for cases of tests, which are small and our own.
struct JsonValue {
  mcp::JsonType type = mcp::JsonType::kNull;
  std::string text;  // of a scalar
  std::vector<JsonValue> items;
  std::map<std::string, JsonValue> members;

  double number() const { return std::stod(text); }
  int whole() const { return std::stoi(text); }
  bool is_true() const { return text == "true"; }
  bool is_null() const { return type == mcp::JsonType::kNull; }
  // A member; null without.
  const JsonValue& operator[](const std::string& name) const;
};

// Nothing if the text is no document.
std::optional<JsonValue> ParseJson(std::string_view text);

}  // namespace mcp_vitals::closed_loop
