#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <memory>

#include "net/async.h"
#include "probe/prober.h"
#include "probe/target.h"

namespace mcp_vitals::probe {

// One GET of the target's `health_url`, made while the probe runs: both see the same moment, and
// the health is known even when the probe takes all its time. No credentials or headers of the
// target go with it.
class HealthCheck {
 public:
  // Begins on `executor`, for a target that names such a URL. Ends by `deadline`.
  static std::shared_ptr<HealthCheck> Start(net::Executor executor,
                                            std::shared_ptr<const Target> target,
                                            const Prober& prober, net::Deadline deadline);

  // Waits for the end. The HTTP status; 0 when there was no answer.
  net::Task<int> Status();
  // Ends it now.
  void Stop();

  explicit HealthCheck(net::Executor executor) : ended_(executor, net::Deadline::max()) {}

 private:
  net::Timer ended_;  // cancelled when `status_` is there
  net::asio::cancellation_signal stop_;
  bool has_ended_ = false;
  int status_ = 0;
};

}  // namespace mcp_vitals::probe
