#pragma once

#include <string>
#include <string_view>

namespace mcp_vitals::exporter {

// Foreign text as HTML text: clean UTF-8 of at most 1,024 bytes, in which nothing is markup.
std::string Escape(std::string_view text);

}  // namespace mcp_vitals::exporter
