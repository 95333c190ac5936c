#pragma once

#include "exporter/http.h"
#include "exporter/self_vitals.h"
#include "vitals/probe_vitals.h"

namespace mcp_vitals::exporter {

// `/`: every target's last probe for people, the failing ones first, at most 200. One page without
// scripts that looks again by itself. What servers said is escaped. Both arguments outlive it.
Handler StatusPage(const vitals::ProbeVitals& probes, const SelfVitals& self);

}  // namespace mcp_vitals::exporter
