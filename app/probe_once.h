#pragma once

#include <memory>

#include "probe/target.h"
#include "vitals/probe_result.h"

namespace mcp_vitals::app {

// One probe, on the calling thread.
vitals::ProbeResult ProbeOnce(std::shared_ptr<const probe::Target> target);

}  // namespace mcp_vitals::app
