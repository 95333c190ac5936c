#pragma once

#include <memory>

#include "app/config.h"
#include "app/loop.h"
#include "exporter/probe_handler.h"
#include "probe/prober.h"

namespace mcp_vitals::app {

// One probe for `/probe`, run on `loop` while the calling thread waits.
exporter::ProbeOutcome RunModule(Loop& loop, probe::Prober& prober, const Config& config,
                                 const exporter::ProbeRequest& request);

// The modules as the exporter wants to know them.
std::map<std::string, exporter::ProbeModule> ModulesOf(const Config& config);

}  // namespace mcp_vitals::app
