#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "vitals/saturation_vitals.h"

namespace mcp_vitals::exporter {

// What is wrong with what a server says of itself: a sentence each, for people.
std::vector<std::string> FindingsOf(const vitals::SaturationReport& report);

// The figures, as a part of the status page; nothing when none are asked for.
void WriteSaturationSection(const vitals::SaturationReport& report, std::ostream& out);

}  // namespace mcp_vitals::exporter
