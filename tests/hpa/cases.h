#pragma once

#include <string>

#include "tests/closed_loop/random.h"

// Random cases as lines of JSON; tests/hpa/oracle has their form. Most are near where the
// answer changes: at the edge of a tolerance, at a whole number of replicas.
namespace mcp_vitals::hpa {

std::string AnyExternalReading(closed_loop::Random& random);
std::string AnyCpuReading(closed_loop::Random& random);
// An HPA with any behaviour, and what is asked of it through some dozen syncs.
std::string AnySeries(closed_loop::Random& random);

}  // namespace mcp_vitals::hpa
