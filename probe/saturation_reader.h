#pragma once

#include <string_view>

#include "probe/saturation_source.h"
#include "vitals/saturation_vitals.h"

// What a server's answer says of it. Pure.
namespace mcp_vitals::probe {

// Of a metric with several series the sum counts, of a share the greatest. What is no number, less
// than nothing, or a share above 1 is not known. Failures: kMalformed, kNoFigures.
vitals::Fetched ReadSaturation(const SaturationSource& source, FiguresFormat format,
                               std::string_view answer);

}  // namespace mcp_vitals::probe
