#pragma once

#include <vector>

#include "scaler/board.h"
#include "scaler/service.h"
#include "vitals/scaler_vitals.h"

namespace mcp_vitals::app {

// What Prometheus and the status page are told of a scaler. Triggers that nobody asks for any more
// are left out.
vitals::ScalerVitals VitalsOf(const std::vector<scaler::FleetReport>& fleets,
                              const scaler::Service& service);

}  // namespace mcp_vitals::app
