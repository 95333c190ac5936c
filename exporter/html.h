#pragma once

#include <ostream>
#include <string>
#include <string_view>

namespace mcp_vitals::exporter {

// The beginning of every page, up to its own content: the look, the name, and the way to the
// others,
// `/scaling` among them where there is a scaler. The page asks for itself again each 10 s.
void WriteHead(bool with_scaling, std::ostream& out);

// Foreign text as HTML text: clean UTF-8 of at most 1,024 bytes, in which nothing is markup.
std::string Escape(std::string_view text);

}  // namespace mcp_vitals::exporter
