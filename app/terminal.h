#pragma once

#include "app/waterfall.h"

namespace mcp_vitals::app {

enum class Colour { kAuto, kAlways, kNever };

// What standard output can show: its width, colours if it is a terminal (and NO_COLOR is not set),
// and Unicode if the locale says so.
Style TerminalStyle(Colour colour);

}  // namespace mcp_vitals::app
