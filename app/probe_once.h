#pragma once

#include <memory>
#include <string>

#include "probe/target.h"
#include "vitals/probe_result.h"

namespace mcp_vitals::app {

// One probe, on the calling thread. With `interrupted_by`, SIGINT, SIGTERM or SIGHUP interrupts it,
// which still ends its session, and is told there (0 for none); the result then says nothing. A
// proxy of ours knows it by `token`.
vitals::ProbeResult ProbeOnce(std::shared_ptr<const probe::Target> target,
                              int* interrupted_by = nullptr, const std::string& token = "");

}  // namespace mcp_vitals::app
