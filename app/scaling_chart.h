#pragma once

#include <deque>
#include <ostream>

#include "scaler/history.h"

namespace mcp_vitals::app {

// The pods that a trigger asked for, and those that were seen, as an inline SVG; nothing where
// there is no history. `now` is not before the last entry.
void WriteChart(const std::deque<scaler::History::Entry>& history, scaler::Time now,
                std::ostream& out);

}  // namespace mcp_vitals::app
