#pragma once

#include "exporter/health.h"
#include "vitals/probe_vitals.h"
#include "vitals/saturation_vitals.h"

namespace mcp_vitals::exporter {

// "in-pod handshake": every target that shares this pod's network (its address is loopback) has
// answered. Not ready before the first good answer of each, nor after two failures in a row; one
// success makes it ready again. Without such a target there is nothing to wait for.
// `probes` outlives the check.
ReadyCheck InPodHandshake(const vitals::ProbeVitals& probes);

// "saturation under its limit": not ready when a ratio of the server's own figures was above the
// configured limit in two fetches in a row, and ready again when none is in one. Ready without a
// limit, and while nothing is known. `saturation` outlives the check.
ReadyCheck SaturationUnderLimit(const vitals::SaturationVitals& saturation);

}  // namespace mcp_vitals::exporter
