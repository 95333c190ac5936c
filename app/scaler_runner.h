#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/log.h"
#include "app/loop.h"
#include "scaler/board.h"
#include "scaler/fleet_poll.h"
#include "scaler/prometheus_poll.h"
#include "scaler/server.h"
#include "scaler/service.h"
#include "vitals/scaler_vitals.h"

namespace mcp_vitals::app {

// The scaler at work: asks the members of its fleets, decides, and answers KEDA. On a loop of its
// own, but for the threads of gRPC.
class ScalerRunner {
 public:
  // Listening when it returns; null on failure, with `error` saying why. `log` outlives it.
  static std::unique_ptr<ScalerRunner> Start(const ScalerConfig& config,
                                             scaler::FleetPoll::Self self, const Log& log,
                                             std::string& error);
  // KEDA's streams end with OK, and what is under way ends.
  ~ScalerRunner();

  std::uint16_t port() const { return server_->port(); }
  Loop& loop() { return loop_; }
  // Any thread, here and below.
  std::vector<scaler::FleetReport> ReportHistory() const { return board_.ReportHistory(); }
  vitals::ScalerVitals Vitals() const;

 private:
  ScalerRunner(const ScalerConfig& config, const Log& log);
  void Tick();
  void LogChanges();

  const Log& log_;
  scaler::Board board_;
  scaler::Service service_;
  Loop loop_;
  std::vector<std::unique_ptr<scaler::FleetPoll>> polls_;  // live on the loop, as does the timer
  std::vector<std::unique_ptr<scaler::PrometheusPoll>> prometheus_polls_;  // likewise
  net::Timer timer_;
  bool is_stopped_ = false;                     // on the loop
  std::map<std::uint64_t, std::string> blind_;  // by KeyOf: why, as logged last; on the loop
  std::unique_ptr<scaler::Server> server_;
};

}  // namespace mcp_vitals::app
