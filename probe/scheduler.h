#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "probe/plan.h"
#include "probe/prober.h"
#include "probe/target.h"

namespace mcp_vitals::probe {

// Probes each target every interval, as `Plan` says: first probes are spread out (a single target
// starts at once), a target is never probed twice at once, and a slow one delays none but itself. A
// change of a target's tools between two probes is marked in the result where no manifest is
// expected. One timer serves all targets,
// ten times a second at most. Lives on one io_context's thread: every member is called
// there, and so are the callbacks.
class Scheduler {
 public:
  using OnResult = std::function<void(vitals::ProbeResult)>;
  Scheduler(boost::asio::io_context& context, Prober& prober, OnResult on_result);
  // Probes under way end by themselves, unreported; `prober` must outlive them (see Stop).
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Replaces schedule and targets, whose names are unique. Targets that stay (by name and endpoint)
  // keep their next time; probes under way finish, and are reported where the endpoint is still the
  // same.
  void Configure(Schedule schedule, std::vector<std::shared_ptr<const Target>> targets);
  // No new probes; interrupts those under way (the prober is of no more use), unreported, and calls
  // `done` once they have cleaned up. Final.
  void Stop(std::function<void()> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::probe
