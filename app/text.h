#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text for a terminal. All pure.
namespace mcp_vitals::app {

// Foreign text made safe to print: control characters, escape sequences, characters that reorder or
// hide others, and what is no UTF-8, each become '?'. Without `unicode`, so does all but ASCII.
std::string Printable(std::string_view text, bool unicode);

// Columns that printable text takes.
std::size_t Columns(std::string_view text);

// At most `columns` wide; what is longer ends in "...".
std::string Shorten(std::string_view text, std::size_t columns);

// Broken at spaces into lines of at most `columns`; at most `max_lines`, the last one shortened.
std::vector<std::string> Wrap(std::string_view text, std::size_t columns, std::size_t max_lines);

}  // namespace mcp_vitals::app
