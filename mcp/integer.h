#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace mcp_vitals::mcp {

// The number that the whole of `text` is, in decimal digits; nothing if T cannot hold it.
template <class T>
std::optional<T> ParseInteger(std::string_view text) {
  T value{};
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace mcp_vitals::mcp
