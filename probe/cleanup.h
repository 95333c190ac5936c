#pragma once

#include "probe/run.h"

namespace mcp_vitals::probe {

// Ends every session that the probe opened, whatever became of the probe, within the prober's own
// time for it. Its time counts for the phase `close`; its failure is no failure of the probe.
net::Task<void> EndSession(Run& run);

}  // namespace mcp_vitals::probe
