#pragma once

#include <ostream>

#include "scaler/board.h"

namespace mcp_vitals::app {

// Whether something stands against the fleet's scaling, that somebody should look at.
bool IsTroubled(const scaler::FleetReport& fleet);

// One fleet, as a part of a page.
void WriteFleetHtml(const scaler::FleetReport& fleet, std::ostream& out);

}  // namespace mcp_vitals::app
