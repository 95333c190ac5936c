#pragma once

#include <cstddef>
#include <string>

#include "vitals/probe_result.h"

namespace mcp_vitals::app {

// How the terminal wants its text.
struct Style {
  std::size_t width = 80;  // columns; at least 60 are used
  bool colour = false;
  bool unicode = true;  // else ASCII alone
};

// A probe for people, within one screen: whether the server is healthy, who answered, where the
// time went, what went wrong and what to do about it. What the server said is made printable. Pure.
std::string Waterfall(const vitals::ProbeResult& result, const Style& style);

}  // namespace mcp_vitals::app
