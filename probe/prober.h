#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "net/async.h"
#include "probe/era_cache.h"
#include "probe/target.h"
#include "vitals/probe_result.h"

namespace mcp_vitals::probe {

// What all probes of a process share. Used on one io_context's thread; outlives every probe.
struct Prober {
  std::string client_name = "mcp-vitals";
  std::string client_version;
  // The header that tells the sidecar's own proxy that a request is a probe's.
  std::string probe_token;
  EraCache eras;
  // The extra time that a probe may take after its deadline to DELETE the session it opened.
  std::chrono::milliseconds cleanup_timeout{2'000};
};

// One probe, complete: it never throws for anything that a server does, ends by `deadline` plus the
// prober's cleanup time, and leaves no session and no socket. The result's duration excludes the
// clean-up, whose time stands in phase `close`.
net::Task<vitals::ProbeResult> Probe(Prober& prober, std::shared_ptr<const Target> target,
                                     net::Deadline deadline);

}  // namespace mcp_vitals::probe
