#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scaler/fleet_view.h"
#include "scaler/hot_pods.h"
#include "scaler/latency_rule.h"
#include "scaler/sliding.h"
#include "scaler/verdict.h"

namespace mcp_vitals::scaler {

// What asked for the number that is published: the values of the label `rule`.
enum class Rule {
  kIdle,         // nothing above the activation
  kStreams,      // the streams, or the sum of them
  kConcurrency,  // the operations in flight, or the sum of them
  kLatency,      // LatencyAdvice says why
  kWindow,       // fewer would do, but not yet for five minutes
  kRoom,         // fewer would do, but their streams would find those that stay too full
  kHeld,         // fewer would do by what is seen, but not all is seen
  kBlind,        // nothing is said
};
inline constexpr std::size_t kRuleCount = 8;
std::string_view ToString(Rule rule);  // "idle", …

// A pod that goes ends its streams, and their clients come back to those that stay, some of which
// go next. So pods go when those that stay are no fuller than this, or when an hour has not filled
// them.
inline constexpr double kRoom = 0.3;

// Why a fleet that is seen in part must not shrink; a bit each.
struct Doubts {
  bool too_soon = false;  // this scaler was started, or blind, less than a minute ago
  bool silent = false;    // members that were heard before
  bool unheard = false;   // members that never were
  bool refused = false;   // members that claim to be another
  bool list_old = false;  // the list of members is not to be had
  bool partial = false;   // of what a decision is made of, something is not known now
  bool rival = false;     // another scaler answers for this fleet, and asks for more
  bool any() const { return too_soon || rival || is_partial(); }
  // Not all is seen now.
  bool is_partial() const { return silent || unheard || refused || list_old || partial; }
};

// One decision, with what it was made of.
struct Decision {
  std::variant<Verdict, Blind> answer = Blind{"the scaler has just started"};
  Rule rule = Rule::kBlind;
  LatencyAdvice advice = LatencyAdvice::kKeep;
  unsigned pods = 0;  // asked for; of metrics that answer a sum, what the HPA makes of it
  unsigned seen = 0;  // pods, by the view
  unsigned by_streams = 0, by_concurrency = 0, by_latency = 0;  // what each asks for; 0: nothing
  double streams = 0;    // of the kinds that count, the most of the latest minute
  double in_flight = 0;  // operations, on average over the latest minute or, if more, six seconds
  LatencyView latency;
  std::optional<double> knee;
  double safe = 0;
  Doubts doubts;
  FleetFacts facts;
  bool is_held_active = false;  // there is nothing to be active for, but it is too soon to say so
  bool is_raised = false;       // by so much that the HPA's tolerance does not swallow it
};

// What a scaler that takes over goes on with.
struct TriggerState {
  unsigned pods = 0;
  double value = 0;
  LatencyRule::State latency;
};

// Decides for one trigger. A pure function of what it is told and of its own state: no I/O, no
// clock. One thread.
class Trigger {
 public:
  // `now`: from when on it is asked for.
  Trigger(Policy policy, Time now);

  const Policy& policy() const { return policy_; }
  // `work` and `members`: of the same fleet and moment as `facts`; what members have done since the
  // call before.
  void Decide(const FleetFacts& facts, const Work& work, const std::vector<MemberWork>& members,
              Time now);
  const Decision& last() const { return last_; }

  // What it asks for by itself; nothing before its first decision.
  std::optional<TriggerState> state() const;
  // Goes on where another scaler stood.
  void Restore(const TriggerState& state);
  // Another scaler asks for so many: no fewer for a while, but no more than twice what is there.
  void Respect(const TriggerState& rival, Time now);

 private:
  void Count(const FleetFacts& facts, Time now);
  double PilingUp() const;
  bool IsWorkingOff() const;
  void Look(const Work& work, const std::vector<MemberWork>& members, Time now);
  std::optional<Blind> IsBlind(const FleetFacts& facts, Time now);
  Doubts DoubtsOf(const FleetFacts& facts, Time now) const;
  bool HasRival(Time now) const;
  void CatchUp(Time now);
  void Want(unsigned pods, Time now);
  void AnswerSum(Time now);
  void AnswerPods(Time now);
  void Answer(double value, bool is_busy, Time now);
  double Published(double pods) const;

  const Policy policy_;
  SlidingMax streams_, busy_, wanted_, wanted_hour_;
  SlidingMean in_flight_minute_, in_flight_moment_;
  HotPods hot_pods_;
  LatencyRule latency_;
  std::optional<unsigned> pods_;  // asked for last; nothing: never
  double value_ = 0;              // published last
  unsigned own_pods_ = 0;         // likewise, but for what another scaler asks for
  double own_value_ = 0;
  bool must_catch_up_ = false;  // as soon as enough is seen
  Time sure_from_;              // what is seen is all there is, if nothing speaks against it
  bool was_active_ = true;      // as said last
  Time active_until_;           // not "not active" before
  std::optional<Time> half_blind_since_;
  TriggerState rival_;
  std::optional<Time> rival_heard_;
  Decision last_;
};

}  // namespace mcp_vitals::scaler
