#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "net/async.h"
#include "probe/era_cache.h"
#include "probe/target.h"
#include "vitals/probe_result.h"

namespace mcp_vitals::probe {

// What all probes of a process share. Used on one io_context's thread; outlives every probe.
struct Prober {
  // Ends all probes, under way and to come, at whatever they wait for, but for what they need to
  // clean up. Their results say nothing of the servers. Final.
  void Interrupt();

  std::string client_name = "mcp-vitals";
  std::string client_version;
  // The header that tells the sidecar's own proxy that a request is a probe's.
  std::string probe_token;
  EraCache eras;
  // The extra time that a probe may take after its deadline to DELETE the session it opened.
  std::chrono::milliseconds cleanup_timeout{2'000};

  // An id for a request. Some gateways hand every answer to every client of theirs, so that ids
  // must differ from those of others, who begin at 0 or 1: these begin anywhere, and stay in 31
  // bits.
  std::int64_t NextRequestId() { return ++last_request_id_ & 0x7FFF'FFFF; }

  bool interrupted = false;
  std::set<boost::asio::cancellation_signal*> under_way;  // what Interrupt ends

 private:
  std::uint32_t last_request_id_ = std::random_device{}();
};

using Verdict = std::function<void(const vitals::ProbeResult&)>;

// One probe, complete: it never throws for anything that a server does, ends by `deadline` plus the
// prober's cleanup time, and leaves no session and no socket. The result's duration excludes the
// clean-up, whose time stands in phase `close`. Who cannot wait for that takes `verdict`: the
// result as it is by `deadline`, a session still open where there is one to end.
net::Task<vitals::ProbeResult> Probe(Prober& prober, std::shared_ptr<const Target> target,
                                     net::Deadline deadline, Verdict verdict = nullptr);

}  // namespace mcp_vitals::probe
