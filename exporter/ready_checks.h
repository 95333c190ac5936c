#pragma once

#include "exporter/health.h"
#include "vitals/probe_vitals.h"

namespace mcp_vitals::exporter {

// "in-pod handshake": every target that shares this pod's network (its address is loopback) has
// answered. Not ready before the first good answer of each, nor after two failures in a row; one
// success makes it ready again. Without such a target there is nothing to wait for.
// `probes` outlives the check.
ReadyCheck InPodHandshake(const vitals::ProbeVitals& probes);

}  // namespace mcp_vitals::exporter
