#pragma once

#include <functional>
#include <vector>

#include "exporter/http.h"
#include "scaler/board.h"

namespace mcp_vitals::app {

// `/scaling`: what each trigger of each fleet was answered last, and why, in sentences and
// pictures; as JSON by `?format=json` or the header Accept. `?fleet=NAME` is that fleet alone; of
// many, the page shows those first that something stands against, and JSON has all. `report` gives
// the fleets as they stand; null: there is no scaler, which is 404.
exporter::Handler ScalingPage(std::function<std::vector<scaler::FleetReport>()> report);

}  // namespace mcp_vitals::app
