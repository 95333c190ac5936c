#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "probe/prober.h"
#include "probe/target.h"

namespace mcp_vitals::probe {

struct Schedule {
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds retry_interval{10'000};  // after a first failure, look again soon
  std::size_t max_concurrent = 64;                   // probes at once
};

// Probes each target every interval. First probes are spread over the interval by jitter (a single
// target starts at once); a target is never probed twice at once, and a slow one delays none but
// itself. Lives on one io_context's thread: every member is called there.
class Scheduler {
 public:
  using OnResult = std::function<void(vitals::ProbeResult)>;
  Scheduler(boost::asio::io_context& context, Prober& prober, OnResult on_result);
  ~Scheduler();

  // Replaces schedule and targets. Targets that stay (by name) keep their next time; probes under
  // way finish, and are reported.
  void Configure(Schedule schedule, std::vector<std::shared_ptr<const Target>> targets);
  // No new probes; calls `done` once those under way have ended and cleaned up.
  void Stop(std::function<void()> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::probe
