#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/config.h"
#include "app/log.h"
#include "app/loop.h"
#include "probe/saturation_poll.h"
#include "vitals/saturation_vitals.h"

namespace mcp_vitals::app {

// Asks the server for its own figures as the configuration says, on the loop of the probes.
class SaturationRunner {
 public:
  // Both outlive it.
  SaturationRunner(Loop& loop, const Log& log);

  // From now on as `config` says. Any thread.
  void Configure(const Config& config);
  // On the loop. Calls `done` once nothing is under way; final.
  void Stop(std::function<void()> done) { poll_.Stop(std::move(done)); }
  const vitals::SaturationVitals& vitals() const { return vitals_; }

 private:
  void Saw(const probe::SaturationSource& source, const vitals::Fetched& fetched);

  Loop& loop_;
  const Log& log_;
  vitals::SaturationVitals vitals_;
  std::string state_;           // as logged last: "", "good", or why not; on the loop
  probe::SaturationPoll poll_;  // lives on the loop
};

}  // namespace mcp_vitals::app
