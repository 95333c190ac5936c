#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mcp_vitals::app {

// Writes one JSON document piece by piece; commas come by themselves. The caller keeps the order
// right: a key, then its value.
class JsonOut {
 public:
  JsonOut& Key(std::string_view name);
  void Open(char bracket);   // '{' or '['
  void Close(char bracket);  // '}' or ']'
  void String(std::string_view text);
  void StringOrNull(std::string_view text);  // null when empty
  void Number(double number);
  void Integer(long long number);
  void Boolean(bool value);
  void Null();
  std::string Take() { return std::move(out_); }

 private:
  void Separate();
  std::string out_;
  bool first_ = true;  // in the container that is open
};

}  // namespace mcp_vitals::app
