#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "scaler/latency_view.h"
#include "scaler/time.h"

namespace mcp_vitals::scaler {

// What the latency asks for, and why.
enum class LatencyAdvice {
  kKeep,     // neither clearly over the target nor clearly under it
  kUnknown,  // too few calls, and too many of them late, to say anything
  kOver,     // over the target, not yet for long enough to act on
  kGrow,     // over the target: more pods
  kWait,     // over the target: pods that were asked for are not there yet, or only just
  kHotPods,  // over the target on a few pods only, which more pods do not cure
  kLatched,  // over the target, and more pods did not help: back to as many as before
  kShrink,   // under the target: fewer would do
};

struct LatencyInput {
  Time now;
  LatencyView view;
  bool is_hot = false;          // HotPods::AreToBlame
  bool is_working_off = false;  // clearly fewer operations are under way than a minute ago
  unsigned pods = 1;            // that were asked for last
  std::size_t serving = 0;
  double in_flight = 0;  // operations of any kind, on average
};

// How many pods the latency of a fleet asks for. Latency is no measure of load: it does not add up
// over pods, and does not fall in proportion to them. So this rule goes by steps and watches what
// they do. It remembers the load per pod at which the target was missed ("knee") and at which it
// was kept ("safe"), and stops asking when pods do not help. A pure function of what it is told and
// of its own state. One thread.
class LatencyRule {
 public:
  // Plain data, so that a successor can go on with it.
  struct State {
    std::optional<double> knee;  // load per pod
    double safe = 0;             // load per pod; 0: none seen yet
    unsigned base = 0;           // pods before the first step of an episode; 0: no episode
    double share_before = 0;     // over the target, when the last step was taken
    double load_before = 0;      // per pod, likewise
    int fails = 0;               // steps of the episode that did not help
    bool is_latched = false;
    double latched_load = 0;
    double latched_share = 0;  // over the target
    unsigned latched_pods = 0;
    Time latched_at;
    Seconds retry{1800};  // how long a latch holds at least
    Time stepped_at;      // Time(): never
    Time calm_until;      // no shrinking before
  };

  // The number of pods that latency asks for.
  unsigned Want(const LatencyInput& input);
  LatencyAdvice advice() const { return advice_; }
  const State& state() const { return state_; }
  void Restore(const State& state) { state_ = state; }

 private:
  void Learn(const LatencyInput& input);
  void Unlatch(const LatencyInput& input);
  bool IsSettled(const LatencyInput& input);
  double Known() const;
  bool IsImproving(const LatencyInput& input) const;
  bool IsUndoing(const LatencyInput& input) const;
  unsigned Step(const LatencyInput& input);
  unsigned Over(const LatencyInput& input);
  unsigned Under(const LatencyInput& input);
  unsigned Advise(LatencyAdvice advice, unsigned pods) {
    advice_ = advice;
    return pods;
  }

  State state_;
  LatencyAdvice advice_ = LatencyAdvice::kKeep;
  std::optional<Time> over_since_;
  std::optional<Time> arrived_at_;  // when as many served as the last step asked for
  std::optional<Time> told_at_;
  std::deque<std::pair<Time, double>> shares_;  // over the target, of the latest minute
  unsigned pods_before_ = 0;
  unsigned most_before_ = 0;  // pods, before there were fewer
  std::optional<Time> fewer_since_;
};

}  // namespace mcp_vitals::scaler
