#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_client.h"
#include "net/url.h"
#include "probe/failure.h"
#include "probe/prober.h"
#include "probe/target.h"
#include "vitals/probe_result.h"

namespace mcp_vitals::probe {

// The session that a legacy server opened for this probe, and that must be ended.
struct LegacySession {
  net::Url url;
  std::string id;
  std::string version;  // "" while initialize is being answered
};

// A failure as it was recorded.
struct Recorded {
  Failure failure;
  vitals::Phase phase;
  std::optional<int> http_status;
};

// One probe under way: what it is about, the connection it holds, and the result so far. Steps take
// it by reference; the first failure recorded is the one that counts.
struct Run {
  Run(Prober& prober, std::shared_ptr<const Target> target, net::Deadline deadline);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // From here on time counts for `phase`, and failures are its.
  void Enter(vitals::Phase phase);
  // Adds the time spent in the current phase; none is current afterwards.
  void Leave();
  // Forgets the time since Enter: the phase was not reached after all.
  void Drop() { counting_ = false; }
  // Takes a dial's facts over. The time it took counts for its own phases, not for the current one.
  void Take(const net::DialTrace& trace);

  void Fail(Failure failure) { Fail(std::move(failure), phase); }
  void Fail(Failure failure, vitals::Phase in);
  bool failed() const { return result.reason.has_value(); }
  // Counts a request of the server's own; false, and recorded, when there are too many of them.
  bool MayReply();
  // Hides in `text` whatever secret this probe sent or was given.
  void HideSecrets(std::string& text) const;
  // Takes the failure back, since another way is tried; and records it instead of another.
  Recorded Forgive();
  void Restore(Recorded recorded);
  // Forgives, and begins anew at the target's URL as if nothing had been said yet. A session that
  // is open is still to be ended.
  Recorded StartOver();

  Prober& prober;
  const std::shared_ptr<const Target> target;
  const net::Deadline deadline;
  net::Deadline answer_by;  // of the exchange under way
  // The next exchange leaves half of the time to what is tried should it fail.
  bool keep_half = false;
  // What is sent may have an effect, and is never sent again by itself.
  bool only_once = false;

  net::Url url;                         // where the endpoint is, after redirects
  std::string authorization;            // the header's value; "" for none
  std::optional<net::HttpClient> http;  // kept between exchanges
  std::optional<LegacySession> session;
  // Sessions that came with the refusal of a first request (some servers open one even then), or in
  // a dialect that was given up.
  std::vector<LegacySession> strays;
  bool session_may_come = false;           // with the answer to initialize, which is late
  std::optional<std::int64_t> unanswered;  // a legacy server's call that was given up
  int asked = 0;                           // requests of the server's own, answered so far
  bool known_mcp = false;                  // it has answered in MCP
  bool streams_linger = false;             // it leaves the stream of an answered POST open
  vitals::ProbeResult result;
  vitals::Phase phase = vitals::Phase::kResolve;

 private:
  bool counting_ = false;
  net::Clock::time_point phase_began_;
};

}  // namespace mcp_vitals::probe
