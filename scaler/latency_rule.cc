#include "scaler/latency_rule.h"

#include <algorithm>
#include <cmath>

#include "scaler/pods_for.h"

namespace mcp_vitals::scaler {

namespace {

using std::chrono::seconds;

constexpr auto kOverFor = seconds(30);   // before the first step
constexpr auto kSettle = seconds(75);    // from when the pods of a step serve until it is judged
constexpr auto kArrival = seconds(300);  // no step waits longer for its pods
constexpr auto kTrend = seconds(60);     // over which a share is said to fall
constexpr double kFalling = 0.95;        // of the share so long ago
constexpr double kWorse = 1.2;           // of the share at the latch: the pods given back did help
constexpr auto kUndo = seconds(600);  // a miss so soon after there were fewer pods is due to that
constexpr auto kCalm = seconds(900);  // after a step, before fewer are tried
constexpr double kHelped = 0.8;       // of the share before: what is above did not help
constexpr int kFailsToLatch = 2;
constexpr double kLatchedGrowth = 1.25;  // of the load, from which on pods may help again
constexpr Seconds kLongestRetry{6 * 3600};
constexpr double kKneeGrowth = 1.01;  // an hour: what was learnt long ago is tried again
constexpr double kBelowKnee = 0.85;   // of the knee: where the target is kept
constexpr double kBelowMiss = 0.85;   // of a load at which the target was missed, likewise
constexpr double kBeyondSafe = 1.15;  // of the load per pod known to be good: worth a try
constexpr double kQuiet = 1;          // operations in flight, on average
constexpr double kShrink = 0.85;      // of the pods, a step down into what is not known yet

double LoadPerPod(const LatencyInput& input) {
  return input.serving == 0 ? 0 : input.view.load / static_cast<double>(input.serving);
}

unsigned AtLeastOne(double load, double load_per_pod) {
  return std::max(PodsFor(load, load_per_pod), 1u);
}

}  // namespace

unsigned LatencyRule::Want(const LatencyInput& input) {
  Learn(input);
  if (state_.is_latched) Unlatch(input);
  if (!input.view.is_over()) over_since_.reset();
  if (state_.is_latched) return Advise(LatencyAdvice::kLatched, state_.base);
  if (input.view.is_over()) return Over(input);
  return Under(input);
}

void LatencyRule::Learn(const LatencyInput& input) {
  const LatencyView& view = input.view;
  if (state_.knee && told_at_) {
    const double hours = Seconds(input.now - *told_at_).count() / 3600;
    *state_.knee *= std::pow(kKneeGrowth, hours);
  }
  told_at_ = input.now;
  shares_.emplace_back(input.now, view.share);
  while (input.now - shares_.front().first > kTrend) shares_.pop_front();
  if (input.pods < pods_before_) {
    most_before_ = fewer_since_ ? std::max(most_before_, pods_before_) : pods_before_;
    fewer_since_ = input.now;
  }
  if (fewer_since_ && input.now - *fewer_since_ >= kUndo) fewer_since_.reset();
  pods_before_ = input.pods;
  if (view.is_well_under()) state_.safe = std::max(state_.safe, LoadPerPod(input));
  if (view.is_under()) {
    if (state_.base > 0 && state_.fails == 0 && state_.load_before > 0) {
      state_.knee = std::min(state_.knee.value_or(state_.load_before), state_.load_before);
    }
    state_.base = 0;
    state_.fails = 0;
  }
}

void LatencyRule::Unlatch(const LatencyInput& input) {
  const bool is_busier = input.view.load > kLatchedGrowth * state_.latched_load;
  const bool is_worse = input.view.is_over() && input.serving < state_.latched_pods &&
                        input.view.share > kWorse * state_.latched_share;
  const bool is_old = input.now - state_.latched_at > state_.retry;
  if (input.view.is_under()) {
    state_.is_latched = false;
  } else if (is_worse || (is_old && is_busier)) {
    state_.is_latched = false;
    state_.base = 0;
    state_.fails = 0;
    state_.retry = std::min(2 * state_.retry, kLongestRetry);
  }
}

// Whether the last step has had its time to show what it does.
bool LatencyRule::IsSettled(const LatencyInput& input) {
  if (state_.stepped_at == Time()) return true;
  if (input.serving >= input.pods && !arrived_at_) arrived_at_ = input.now;
  if (arrived_at_) return input.now - *arrived_at_ >= kSettle;
  return input.now - state_.stepped_at >= kArrival;
}

// Streams stay where they are, and what has piled up must be worked off: a step may help for long.
bool LatencyRule::IsImproving(const LatencyInput& input) const {
  return input.is_working_off || input.view.share < kFalling * shares_.front().second;
}

// The load per pod at which the target is kept; 0 where nothing is known.
double LatencyRule::Known() const {
  if (!state_.knee) return state_.safe;
  const double below = kBelowKnee * *state_.knee;
  return state_.safe > 0 ? std::min(state_.safe, below) : below;
}

// There were more pods a short while ago, and the target was kept.
bool LatencyRule::IsUndoing(const LatencyInput& input) const {
  return fewer_since_ && most_before_ > input.pods && state_.base == 0;
}

unsigned LatencyRule::Over(const LatencyInput& input) {
  if (!over_since_) over_since_ = input.now;
  if (input.is_hot) return Advise(LatencyAdvice::kHotPods, input.pods);
  if (IsUndoing(input)) return Step(input);
  // That more load needs more pods is no guess.
  const double known = Known();
  if (state_.base > 0 && known > 0) {
    const unsigned pods = AtLeastOne(input.view.load, known);
    if (pods > input.pods && !IsImproving(input)) {
      return Advise(LatencyAdvice::kGrow, std::min(pods, 2 * input.pods));
    }
  }
  if (input.now - *over_since_ < kOverFor) return Advise(LatencyAdvice::kOver, input.pods);
  if (!IsSettled(input)) return Advise(LatencyAdvice::kWait, input.pods);
  // As many as asked for do not come: at the maximum, or without room. More would not come either.
  if (state_.base > 0 && input.serving < input.pods) {
    return Advise(LatencyAdvice::kWait, input.pods);
  }
  if (state_.base > 0 && IsImproving(input)) return Advise(LatencyAdvice::kWait, input.pods);
  return Step(input);
}

unsigned LatencyRule::Step(const LatencyInput& input) {
  const double share = input.view.share;
  if (state_.base == 0) {
    state_.base = input.pods;
    state_.fails = 0;
  } else if (share > kHelped * state_.share_before) {
    ++state_.fails;
  } else {
    state_.fails = 0;
  }
  if (state_.fails >= kFailsToLatch) {
    state_.is_latched = true;
    state_.latched_at = input.now;
    state_.latched_load = input.view.load;
    state_.latched_share = share;
    state_.latched_pods = input.pods;
    return Advise(LatencyAdvice::kLatched, state_.base);
  }
  // What is known to be good, or not: a step of that size, but no more than twice what there is.
  const double known = Known();
  unsigned pods = static_cast<unsigned>(std::ceil(input.pods * (share > 0.5 ? 1.5 : 1.25)));
  if (known > 0)
    pods = std::max(pods, std::min(AtLeastOne(input.view.load, known), 2 * input.pods));
  if (IsUndoing(input)) pods = most_before_;
  fewer_since_.reset();
  const double load_per_pod = LoadPerPod(input);
  state_.share_before = share;
  state_.load_before = load_per_pod;
  state_.safe = std::min(state_.safe, kBelowMiss * load_per_pod);
  state_.stepped_at = input.now;
  state_.calm_until = input.now + kCalm;
  arrived_at_.reset();
  return Advise(LatencyAdvice::kGrow, pods);
}

unsigned LatencyRule::Under(const LatencyInput& input) {
  // Few calls that are judged may stand beside many that are not, or take long each.
  const bool is_quiet =
      !input.view.is_enough && input.view.share <= input.view.allowed && input.in_flight <= kQuiet;
  if (!input.view.is_well_under() && !is_quiet) {
    return Advise(input.view.is_enough ? LatencyAdvice::kKeep : LatencyAdvice::kUnknown,
                  input.pods);
  }
  if (input.now < state_.calm_until) return Advise(LatencyAdvice::kKeep, input.pods);
  // One pod is not kept busy by one call at a time.
  if (is_quiet) return Advise(LatencyAdvice::kShrink, std::min(input.pods, 1u));
  const double known = Known();
  if (known <= 0) return Advise(LatencyAdvice::kKeep, input.pods);
  const unsigned sure = AtLeastOne(input.view.load, known);
  if (sure < input.pods) return Advise(LatencyAdvice::kShrink, sure);
  // Nobody knows whether fewer would do: a small step tells.
  const double daring = state_.knee ? kBelowKnee * *state_.knee : kBeyondSafe * state_.safe;
  const unsigned floor = AtLeastOne(input.view.load, daring);
  const unsigned step = std::min(input.pods - 1, static_cast<unsigned>(kShrink * input.pods));
  const unsigned pods = std::max({floor, step, 1u});
  if (pods >= input.pods) return Advise(LatencyAdvice::kKeep, input.pods);
  return Advise(LatencyAdvice::kShrink, pods);
}

}  // namespace mcp_vitals::scaler
