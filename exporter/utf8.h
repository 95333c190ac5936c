#pragma once

#include <cstddef>
#include <string_view>

namespace mcp_vitals::exporter {

inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// Bytes of the character that `text` (not empty) starts with; 0 if they are not UTF-8 as RFC 3629
// has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
inline std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xc2   ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) ||
                     (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90);
  return wrong ? 0 : length;
}

}  // namespace mcp_vitals::exporter
