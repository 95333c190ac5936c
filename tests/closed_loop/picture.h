#pragma once

#include <string>
#include <vector>

#include "tests/closed_loop/report.h"

namespace mcp_vitals::closed_loop {

// One scenario over time, as SVG: the sessions, and for each contestant the pods and the latency.
std::string Draw(const Comparison& comparison, const std::vector<Contestant>& contestants);

}  // namespace mcp_vitals::closed_loop
