#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/values.h"

namespace mcp_vitals::app {

// Collects the first thing that is wrong, under the name of its flag.
class FlagReader {
 public:
  // What a flag means, or its type's default once something is wrong.
  template <class T>
  T Take(std::string_view flag, Parsed<T> parsed) {
    if (parsed) return std::move(*parsed);
    Fail(flag, parsed.error().why);
    return T();
  }
  void Fail(std::string_view flag, const std::string& why) {
    if (!wrong_) wrong_ = Wrong{std::string(flag) + ": " + why};
  }
  const std::optional<Wrong>& wrong() const { return wrong_; }

 private:
  std::optional<Wrong> wrong_;
};

// "ca_file" -> "--ca-file"
inline std::string FlagOf(std::string key) {
  for (char& c : key) c = c == '_' ? '-' : c;
  return "--" + key;
}

}  // namespace mcp_vitals::app
