#include "scaler/decision.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "scaler/pods_for.h"

namespace mcp_vitals::scaler {

namespace {

using std::chrono::seconds;

constexpr auto kWindow = seconds(300);  // fewer pods must do for so long
constexpr auto kRoomFor = std::chrono::hours(1);
constexpr auto kMinute = seconds(60);
constexpr auto kMoment = seconds(6);     // Knative's panic window
constexpr auto kBlindFor = seconds(60);  // half of the members are not heard
constexpr auto kListOld = seconds(30);
constexpr auto kRivalFor = seconds(60);
bool AnswersSum(Metric metric) {
  return metric == Metric::kConnections || metric == Metric::kConcurrency;
}

Clock::duration HoldOf(const Policy& policy) {
  return std::chrono::duration_cast<Clock::duration>(policy.active_hold);
}

}  // namespace

std::string_view ToString(Rule rule) {
  constexpr std::array<std::string_view, kRuleCount> kNames = {
      "idle", "streams", "concurrency", "latency", "window", "room", "held", "blind"};
  return kNames[static_cast<std::size_t>(rule)];
}

Trigger::Trigger(Policy policy, Time now)
    : policy_(std::move(policy)),
      streams_(kMinute),
      busy_(kMinute),
      wanted_(kWindow),
      wanted_hour_(kRoomFor),
      in_flight_minute_(kMinute),
      in_flight_moment_(kMoment),
      sure_from_(now + kMinute),
      active_until_(now + HoldOf(policy_)) {}

void Trigger::Restore(const TriggerState& state) {
  if (!pods_ || state.pods > *pods_) pods_ = state.pods;
  value_ = std::max(value_, state.value);
  latency_.Restore(state.latency);
  must_catch_up_ = true;
}

std::optional<TriggerState> Trigger::state() const {
  if (!pods_) return std::nullopt;
  return TriggerState{own_pods_, own_value_, latency_.state()};
}

// Since it was last asked for, the fleet may have grown by somebody else's hand, such as KEDA's
// fallback.
void Trigger::CatchUp(Time now) {
  must_catch_up_ = false;
  pods_ = std::max(pods_.value_or(0), last_.seen);
  value_ = std::max(value_, last_.seen * policy_.TargetSize());
  Want(*pods_, now);
}

void Trigger::Respect(const TriggerState& rival, Time now) {
  rival_ = rival;
  rival_heard_ = now;
}

void Trigger::Count(const FleetFacts& facts, Time now) {
  const auto streams = static_cast<double>(facts.StreamsOf(policy_.kinds));
  const auto in_flight = static_cast<double>(facts.in_flight);
  streams_.Add(now, streams);
  busy_.Add(now, streams + in_flight);
  in_flight_minute_.Add(now, in_flight);
  in_flight_moment_.Add(now, in_flight);
  last_.streams = streams_.max();
  last_.in_flight = std::max(in_flight_minute_.mean(), in_flight_moment_.mean());
}

// Calls that come for each that ends. What comes in a minute is what ends in it and what more there
// is under way after it.
double Trigger::PilingUp() const {
  constexpr double kMost = 3;
  const double ended = last_.latency.calls_a_minute;
  const double more = in_flight_minute_.newest() - in_flight_minute_.oldest();
  return ended > 0 ? std::clamp((ended + more) / ended, 1 / kMost, kMost) : 1;
}

bool Trigger::IsWorkingOff() const {
  constexpr double kClearly = 0.9;
  return in_flight_minute_.newest() < kClearly * in_flight_minute_.oldest();
}

void Trigger::Look(const Work& work, const std::vector<MemberWork>& members, Time now) {
  CallsByTool aged;
  for (const MemberWork& member : members) {
    for (const auto& [tool, calls] : member.aged) aged[tool].Add(calls);
  }
  last_.latency = LookAtLatency(policy_, work, aged);
  last_.latency.load *= PilingUp();
  const double target = policy_.latency_target.count();
  const auto is_judged = [&](const std::string& tool) {
    return policy_.tools.empty() ? !last_.latency.left_out.contains(tool)
                                 : policy_.tools.contains(tool);
  };
  for (const MemberWork& member : members) {
    double calls = 0, over = 0, late = 0;
    for (const auto& [tool, ended] : member.ended) {
      if (!is_judged(tool)) continue;
      calls += static_cast<double>(ended.count());
      over += ended.CountAbove(target);
    }
    for (const auto& [tool, in_flight] : member.aged) {
      if (is_judged(tool)) late += in_flight.CountAbove(target);
    }
    hot_pods_.Add(now, member.boot, calls, over, late);
  }
}

std::optional<Blind> Trigger::IsBlind(const FleetFacts& facts, Time now) {
  if (2 * facts.fresh >= facts.expected && !facts.is_partial) {
    half_blind_since_.reset();
  } else if (!half_blind_since_) {
    half_blind_since_ = now;
  }
  const std::string why = facts.trouble.empty() ? "" : " (" + facts.trouble + ")";
  if (facts.expected == 0) return Blind{"no members of the fleet are known" + why};
  const std::string of = " of the fleet's " + std::to_string(facts.expected) + " members";
  if (facts.fresh == 0) return Blind{"none" + of + " answers" + why};
  const bool needs_operations =
      policy_.metric == Metric::kConcurrency || policy_.metric == Metric::kLatency;
  if (needs_operations && facts.without_operations > 0) {
    return Blind{std::to_string(facts.without_operations) + of +
                 " see no operations, since they have no proxy"};
  }
  if (half_blind_since_ && now - *half_blind_since_ >= kBlindFor) {
    if (facts.is_partial) return Blind{"not all that a decision needs is known" + why};
    return Blind{"only " + std::to_string(facts.fresh) + of + " answer" + why};
  }
  return std::nullopt;
}

Doubts Trigger::DoubtsOf(const FleetFacts& facts, Time now) const {
  Doubts doubts;
  doubts.too_soon = now < sure_from_;
  doubts.silent = facts.silent > 0;
  doubts.unheard = facts.unheard > 0;
  doubts.refused = facts.refused > 0;
  doubts.partial = facts.is_partial;
  doubts.list_old = !facts.list_age || *facts.list_age > kListOld;
  return doubts;
}

bool Trigger::HasRival(Time now) const { return rival_heard_ && now - *rival_heard_ < kRivalFor; }

// "Not active" is not taken back for what is no more seen of a fleet that ends because of it.
void Trigger::Answer(double value, bool is_busy, Time now) {
  last_.is_held_active = !is_busy && (now < active_until_ || (was_active_ && last_.doubts.any()));
  was_active_ = is_busy || last_.is_held_active;
  last_.answer = Verdict{value, was_active_};
}

// The HPA adds up and divides by itself; the sum is told as it is.
void Trigger::AnswerSum(Time now) {
  const bool by_streams = policy_.metric == Metric::kConnections;
  const bool is_idle = busy_.max() <= policy_.activation;
  double sum = by_streams ? last_.streams + (is_idle ? 0 : policy_.buffer) : last_.in_flight;
  last_.rule = is_idle ? Rule::kIdle : by_streams ? Rule::kStreams : Rule::kConcurrency;
  // What another scaler said last is not known: as many pods as there are, then, while not all is
  // seen.
  if (!pods_ && last_.doubts.is_partial()) value_ = last_.seen * policy_.TargetSize();
  if (last_.doubts.any() && value_ > sum) {
    sum = value_;
    last_.rule = Rule::kHeld;
  }
  own_value_ = sum;
  const double rival = std::min(rival_.value, 2 * last_.seen * policy_.TargetSize());
  if (HasRival(now) && rival > sum) {
    sum = rival;
    last_.doubts.rival = true;
    last_.rule = Rule::kHeld;
  }
  value_ = std::min(sum, kMostPods);
  pods_ = PodsFor(value_, policy_.TargetSize());
  own_pods_ = PodsFor(own_value_, policy_.TargetSize());
  last_.pods = *pods_;
  Answer(value_, !is_idle, now);
}

void Trigger::Want(unsigned pods, Time now) {
  wanted_.Add(now, pods);
  wanted_hour_.Add(now, pods);
}

void Trigger::AnswerPods(Time now) {
  if (!pods_) pods_ = last_.seen;
  if (wanted_.max() == 0) Want(*pods_, now);
  const bool by_load = policy_.metric == Metric::kLoad;
  const bool is_idle = busy_.max() <= policy_.activation;
  if (by_load) {
    last_.by_streams = PodsFor(last_.streams + policy_.buffer, policy_.connections_per_pod);
    if (policy_.concurrency_per_pod) {
      last_.by_concurrency = PodsFor(last_.in_flight, *policy_.concurrency_per_pod);
    }
  }
  last_.by_latency =
      latency_.Want({now, last_.latency, hot_pods_.AreToBlame(last_.latency), IsWorkingOff(),
                     std::max(*pods_, 1u), last_.facts.serving, last_.in_flight});
  last_.advice = latency_.advice();
  unsigned wanted = 0;
  last_.rule = Rule::kIdle;
  if (!is_idle) {
    wanted = std::max({last_.by_streams, last_.by_concurrency, last_.by_latency, 1u});
    last_.rule = wanted == last_.by_streams       ? Rule::kStreams
                 : wanted == last_.by_concurrency ? Rule::kConcurrency
                                                  : Rule::kLatency;
  }
  Want(wanted, now);
  unsigned pods = wanted;
  if (wanted < *pods_) {
    pods = std::min(*pods_, static_cast<unsigned>(wanted_.max()));
    if (pods > wanted) last_.rule = Rule::kWindow;
    const unsigned kept = std::min({*pods_, static_cast<unsigned>(wanted_hour_.max()),
                                    PodsFor(last_.streams, kRoom * policy_.connections_per_pod)});
    if (by_load && !is_idle && kept > pods) {
      pods = kept;
      last_.rule = Rule::kRoom;
    }
    if (last_.doubts.any()) {
      pods = *pods_;
      last_.rule = Rule::kHeld;
    }
    // Once all is seen again, fewer must do for as long as ever.
    if (last_.doubts.any()) Want(pods, now);
  }
  own_pods_ = pods;
  own_value_ = pods;
  const unsigned rival = std::min(rival_.pods, 2 * last_.seen);
  if (HasRival(now) && rival > pods) {
    pods = rival;
    last_.doubts.rival = true;
    last_.rule = Rule::kHeld;
  }
  pods_ = pods;
  last_.pods = pods;
  value_ = Published(pods);
  last_.is_raised = value_ > pods;
  Answer(value_, pods > 0, now);
}

// The HPA passes over what is within its tolerance of the pods that it sees: from ten pods on, one
// more is lost. So the least number that it acts on is told.
double Trigger::Published(double pods) const {
  const double seen = last_.seen;
  const double swallowed = (1 + policy_.hpa_tolerance) * seen;
  if (policy_.hpa_tolerance == 0 || pods <= seen || pods > swallowed) return pods;
  return std::floor(swallowed) + 1;
}

void Trigger::Decide(const FleetFacts& facts, const Work& work,
                     const std::vector<MemberWork>& members, Time now) {
  last_ = Decision{};
  last_.facts = facts;
  last_.seen = static_cast<unsigned>(facts.replicas());
  auto blind = IsBlind(facts, now);
  if (blind) {
    sure_from_ = now + kMinute;
    active_until_ = now + HoldOf(policy_);
    was_active_ = true;
    if (pods_) must_catch_up_ = true;
  }
  last_.doubts = DoubtsOf(facts, now);
  if (facts.fresh > 0) {
    if (must_catch_up_ && !blind) CatchUp(now);
    Count(facts, now);
    Look(work, members, now);
    if (AnswersSum(policy_.metric)) {
      AnswerSum(now);
    } else {
      AnswerPods(now);
    }
  }
  // What is counted is there, so that it may ask for more pods than there are, never for fewer.
  if (blind && last_.pods <= last_.seen) {
    last_.rule = Rule::kBlind;
    last_.answer = std::move(*blind);
  }
  last_.knee = latency_.state().knee;
  last_.safe = latency_.state().safe;
}

}  // namespace mcp_vitals::scaler
