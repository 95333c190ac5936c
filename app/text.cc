#include "app/text.h"

#include <array>
#include <utility>

#include "mcp/utf8.h"

namespace mcp_vitals::app {

namespace {

using Range = std::pair<char32_t, char32_t>;

// Controls, and characters that are invisible or change the order of others.
constexpr std::array<Range, 10> kHidden = {{{0x00, 0x1f},
                                            {0x7f, 0x9f},
                                            {0xad, 0xad},
                                            {0x61c, 0x61c},
                                            {0x180e, 0x180e},
                                            {0x200b, 0x200f},
                                            {0x2028, 0x202e},
                                            {0x2060, 0x206f},
                                            {0xfeff, 0xfeff},
                                            {0xe0000, 0xe0fff}}};
// East Asian characters and pictures, two columns each (Unicode's annex 11, coarsely).
constexpr std::array<Range, 9> kWide = {{{0x1100, 0x115f},
                                         {0x2e80, 0xa4cf},
                                         {0xac00, 0xd7a3},
                                         {0xf900, 0xfaff},
                                         {0xfe30, 0xfe6f},
                                         {0xff00, 0xff60},
                                         {0xffe0, 0xffe6},
                                         {0x1f300, 0x1faff},
                                         {0x20000, 0x3fffd}}};
constexpr std::array<Range, 2> kCombining = {{{0x300, 0x36f}, {0xfe00, 0xfe0f}}};

template <std::size_t N>
bool In(const std::array<Range, N>& ranges, char32_t c) {
  for (const auto& [first, last] : ranges) {
    if (c >= first && c <= last) return true;
  }
  return false;
}

// The character that valid, non-empty UTF-8 begins with.
char32_t Decode(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return byte(0);
  const unsigned mask = sequence.size() == 2 ? 0x1f : sequence.size() == 3 ? 0x0f : 0x07;
  char32_t c = byte(0) & mask;
  for (std::size_t i = 1; i < sequence.size(); ++i) c = (c << 6) | (byte(i) & 0x3fu);
  return c;
}

std::size_t ColumnsOf(char32_t c) { return In(kCombining, c) ? 0 : In(kWide, c) ? 2 : 1; }

// The longest prefix of at most `columns`.
std::string_view Prefix(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  std::size_t used = 0;
  while (bytes < text.size()) {
    const std::string_view rest = text.substr(bytes);
    const std::size_t length = std::max<std::size_t>(mcp::Utf8SequenceLength(rest), 1);
    used += ColumnsOf(Decode(rest.substr(0, length)));
    if (used > columns) break;
    bytes += length;
  }
  return text.substr(0, bytes);
}

}  // namespace

std::string Printable(std::string_view text, bool unicode) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = mcp::Utf8SequenceLength(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    const bool shown = length == 1 ? !In(kHidden, Decode(sequence))
                                   : length > 1 && unicode && !In(kHidden, Decode(sequence));
    out += shown ? sequence : "?";
    text.remove_prefix(sequence.size());
  }
  return out;
}

std::size_t Columns(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(mcp::Utf8SequenceLength(text), 1);
    columns += ColumnsOf(Decode(text.substr(0, length)));
    text.remove_prefix(length);
  }
  return columns;
}

std::string Shorten(std::string_view text, std::size_t columns) {
  const std::string_view whole = Prefix(text, columns);
  if (whole.size() == text.size()) return std::string(text);
  return std::string(Prefix(text, columns > 3 ? columns - 3 : 0)) + "...";
}

std::vector<std::string> Wrap(std::string_view text, std::size_t columns, std::size_t max_lines) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    if (lines.size() + 1 == max_lines) {
      lines.push_back(Shorten(text, columns));
      break;
    }
    std::string_view line = Prefix(text, columns);
    if (line.size() < text.size() && text[line.size()] != ' ') {
      const std::size_t space = line.rfind(' ');
      if (space != std::string_view::npos && space > 0) line = line.substr(0, space);
    }
    if (line.empty()) break;  // a character wider than the column
    lines.emplace_back(line);
    text.remove_prefix(line.size());
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  return lines;
}

}  // namespace mcp_vitals::app
