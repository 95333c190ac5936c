#include "tests/closed_loop/run.h"

#include <algorithm>

#include "tests/closed_loop/calls.h"
#include "tests/closed_loop/clients.h"
#include "tests/closed_loop/truth.h"

namespace mcp_vitals::closed_loop {

namespace {

// Up and then down, or down and then up.
class Turns {
 public:
  explicit Turns(int replicas) : last_(replicas) {}
  void Is(int replicas) {
    const int direction = replicas > last_ ? 1 : replicas < last_ ? -1 : 0;
    last_ = replicas;
    if (direction == 0) return;
    if (direction_ != 0 && direction != direction_) ++count_;
    direction_ = direction;
  }
  int count() const { return count_; }

 private:
  int last_;
  int direction_ = 0, count_ = 0;
};

class World {
 public:
  World(const Scenario& scenario, Scaler& scaler, std::uint64_t seed)
      : scenario_(scenario),
        scaler_(scaler),
        cluster_(scenario.shape, scenario.replicas, seed * 4 + 1),
        clients_(scenario.traffic, seed * 4 + 2, seed * 4 + 3),
        calls_(scenario.traffic, seed * 4 + 4),
        truth_(scenario.seconds),
        turns_(scenario.replicas) {
    clients_.Begin(cluster_, scenario.layout);
    outcome_.most = outcome_.least = scenario.replicas;
  }

  Outcome Run() {
    for (int now = 0; now < scenario_.seconds; ++now) Second(now);
    // The last calls end after the traffic has.
    for (int now = scenario_.seconds; now < scenario_.seconds + kAfter; ++now) RunPods(now);
    Conclude();
    return std::move(outcome_);
  }

 private:
  static constexpr int kAfter = 61;

  void Second(int now) {
    Happen(now);
    cluster_.Tick(now);
    const int replicas = scaler_.Tick(cluster_, now);
    cluster_.SetReplicas(replicas);
    turns_.Is(replicas);
    const bool is_gateway_down = now < gateway_back_;
    clients_.Tick(cluster_, now, is_gateway_down);
    calls_.Tick(cluster_, clients_, now, is_gateway_down, truth_);
    if (now % kSampleSeconds == 0) Observe(now, replicas);
    RunPods(now);
    outcome_.most = std::max(outcome_.most, replicas);
    outcome_.least = std::min(outcome_.least, replicas);
    outcome_.pod_hours += static_cast<double>(cluster_.pods().size()) / 3600;
    const auto without = clients_.all().size() - clients_.streams();
    outcome_.minutes_without += static_cast<double>(without) / 60;
  }

  void Happen(int now) {
    for (const Event& event : scenario_.events) {
      if (event.at != now) continue;
      switch (event.kind) {
        case Event::Kind::kGatewayRestart:
          clients_.BreakAll(now);
          gateway_back_ = now + static_cast<int>(event.value);
          break;
        case Event::Kind::kRollout:
          cluster_.Rollout();
          break;
        case Event::Kind::kPodSpeed:
          cluster_.pods().front()->server().set_speed(event.value);
          break;
      }
    }
  }

  void RunPods(int now) {
    done_.clear();
    for (const auto& pod : cluster_.pods()) {
      pod->Run(now, done_);
      if (!pod->IsDone(now + 1)) continue;
      pod->server().Abort(now + 1, done_);
      clients_.CutFrom(*pod, now + 1);
      pod->Gone();
    }
    for (const Done& done : done_) truth_.Ended(done);
  }

  void Observe(int now, int replicas) {
    Sample sample;
    sample.at = now;
    sample.wanted = scenario_.traffic.sessions(now);
    const Traffic& traffic = scenario_.traffic;
    const double rate =
        traffic.sessions(now) * traffic.calls_per_session(now) + traffic.stateless(now);
    sample.offered = rate * kMeanDemand / scenario_.shape.workers;
    sample.streams = clients_.streams();
    sample.replicas = replicas;
    sample.pods = static_cast<int>(cluster_.pods().size());
    for (const auto& pod : cluster_.pods()) {
      sample.ready += pod->state() == PodState::kReady ? 1 : 0;
      sample.in_flight += pod->server().in_flight();
    }
    sample.note = scaler_.Note();
    outcome_.samples.push_back(std::move(sample));
  }

  void Conclude() {
    for (int now = 0; now < scenario_.seconds; ++now) {
      outcome_.minutes_over += truth_.IsOver(now) ? 1.0 / 60 : 0;
    }
    for (Sample& sample : outcome_.samples) {
      sample.quantile = truth_.Quantile(sample.at);
      sample.is_over = truth_.IsOver(sample.at);
    }
    outcome_.minutes = scenario_.seconds / 60.0;
    outcome_.cut = clients_.cut_by_scale_in();
    outcome_.turns = turns_.count();
    outcome_.calls = truth_.calls();
    outcome_.lost = truth_.lost();
  }

  const Scenario& scenario_;
  Scaler& scaler_;
  Cluster cluster_;
  Clients clients_;
  Calls calls_;
  Truth truth_;
  Turns turns_;
  Outcome outcome_;
  std::vector<Done> done_;
  int gateway_back_ = 0;
};

}  // namespace

Outcome Simulate(const Scenario& scenario, const Contestant& contestant, std::uint64_t seed) {
  const auto scaler = contestant.make({scenario.min, scenario.max});
  return World(scenario, *scaler, seed).Run();
}

}  // namespace mcp_vitals::closed_loop
