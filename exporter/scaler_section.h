#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "vitals/scaler_vitals.h"

namespace mcp_vitals::exporter {

// What stands against the fleets' scaling: a sentence each, for people.
std::vector<std::string> FindingsOf(const vitals::ScalerVitals& scaler);

// The fleets in short, as a part of the status page.
void WriteScalerSection(const vitals::ScalerVitals& scaler, std::ostream& out);

}  // namespace mcp_vitals::exporter
