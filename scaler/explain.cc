#include "scaler/explain.h"

#include <algorithm>
#include <cmath>

#include "scaler/explain_parts.h"
#include "scaler/words.h"

namespace mcp_vitals::scaler {

namespace {

std::string ExplainActive(const Policy& policy, const Decision& last, const Verdict& verdict) {
  if (!verdict.active) {
    return " Not active: KEDA may take the fleet to zero once its cooldownPeriod is over.";
  }
  if (!last.is_held_active) return " Active.";
  return " Active, though nothing is there to be active for: " +
         std::string(last.doubts.any()
                         ? "not all is seen, or not for long enough."
                         : "\"not active\" is not said within " + Duration(policy.active_hold) +
                               " of a start or of blindness.");
}

std::string ExplainAnswer(const Policy& policy, const Decision& last) {
  if (const auto* blind = std::get_if<Blind>(&last.answer)) {
    return "KEDA is told nothing (UNAVAILABLE): " + blind->why + ".";
  }
  const auto& verdict = std::get<Verdict>(last.answer);
  std::string text = "KEDA is told ";
  switch (policy.metric) {
    case Metric::kConnections:
      text += Count(verdict.value, "stream") + ", " + Number(policy.TargetSize()) +
              " to a pod: " + Pods(last.pods) + ".";
      break;
    case Metric::kConcurrency:
      text += Count(verdict.value, "operation") + " in flight, " + Number(policy.TargetSize()) +
              " to a pod: " + Pods(last.pods) + ".";
      break;
    default:
      text += Count(verdict.value, "pod");
      text += last.is_raised
                  ? " where " + Pods(last.pods) + " are meant: a step within its tolerance of " +
                        Percent(policy.hpa_tolerance) + " the HPA would not take."
                  : ".";
  }
  return text + ExplainActive(policy, last, verdict);
}

std::string ExplainRule(const Policy& policy, const Decision& last) {
  switch (last.rule) {
    case Rule::kIdle:
      return "Nothing to do: no more than " + Number(policy.activation) +
             " streams and operations in the last minute (activation).";
    case Rule::kStreams:
      return AnswersSum(policy.metric) ? "The streams alone count."
                                       : "The streams ask for the most.";
    case Rule::kConcurrency:
      return AnswersSum(policy.metric) ? "The operations in flight alone count."
                                       : "The operations in flight ask for the most.";
    case Rule::kLatency:
      return "The latency asks for the most.";
    case Rule::kWindow: {
      const bool is_idle = last.streams + last.in_flight <= policy.activation;
      const unsigned wanted =
          is_idle ? 0 : std::max({last.by_streams, last.by_concurrency, last.by_latency});
      return Pods(wanted) + " would do now, but not yet for five minutes.";
    }
    case Rule::kRoom:
      return "Fewer would do, but each pod that goes ends its streams: pods go when those that "
             "stay are no more than " +
             Percent(kRoom) + " full, or after an hour.";
    case Rule::kHeld:
      return "Fewer would do by what is seen, which is not enough to go by: it stays at what was "
             "told last.";
    case Rule::kBlind:
      return "Too little is seen to say anything. An error keeps the fleet as it is; a number "
             "might shrink it.";
  }
  return "";
}

void ExplainDoubts(const Decision& last, std::vector<std::string>& why) {
  const Doubts& doubts = last.doubts;
  const FleetFacts& facts = last.facts;
  const auto members = [](std::size_t count, const char* is, const char* are) {
    return Count(static_cast<double>(count), "member") + (count == 1 ? is : are);
  };
  if (doubts.too_soon)
    why.push_back("This scaler has started, or was blind, less than a minute ago.");
  if (doubts.silent) {
    why.push_back(members(facts.silent, " is silent, and counts", " are silent, and count") +
                  " as last heard.");
  }
  if (doubts.unheard) why.push_back(members(facts.unheard, " was", " were") + " never heard.");
  if (doubts.refused) {
    why.push_back(members(facts.refused, " claims", " claim") +
                  " to be a pod that is heard elsewhere.");
  }
  if (doubts.list_old) {
    why.push_back(facts.list_age ? "The list of members is " + Age(*facts.list_age) + " old."
                                 : "There was no list of members yet.");
  }
  if (doubts.partial) why.emplace_back("Not all that is asked of the fleet as a whole is known.");
  if (doubts.rival) why.emplace_back("Another scaler answers for this fleet, and asks for more.");
  if (doubts.any()) why.emplace_back("While that is so, no fewer pods are asked for.");
}

std::string ExplainHpa(const Policy& policy, const Decision& last) {
  const auto* verdict = std::get_if<Verdict>(&last.answer);
  if (verdict == nullptr) {
    return "The HPA and KEDA leave the fleet as it is, unless the ScaledObject has a fallback.";
  }
  if (last.seen == 0) {
    return verdict->active ? "There are no pods: KEDA starts the first, and then the HPA counts."
                           : "There are no pods, and KEDA starts none.";
  }
  const double target = policy.TargetSize();
  const double ratio = verdict->value / (target * last.seen);
  const std::string fraction = Number(verdict->value) + "/" + Number(target);
  const std::string seen = "With the " + Pods(last.seen) + " that are seen, the HPA";
  if (std::abs(ratio - 1) <= policy.hpa_tolerance + 1e-9) {
    return seen + " changes nothing: " + fraction + " is within " + Percent(policy.hpa_tolerance) +
           " of them.";
  }
  const double wanted = std::ceil(verdict->value / target - 1e-9);
  return seen + (wanted > last.seen ? " goes up" : " goes down") + " to " + Count(wanted, "pod") +
         " (" + fraction + ", rounded up), within its minReplicas, maxReplicas and behavior.";
}

}  // namespace

Explanation Explain(const Policy& policy, const Decision& last) {
  Explanation explanation;
  explanation.answer = ExplainAnswer(policy, last);
  explanation.inputs = InputsOf(policy, last);
  explanation.why.push_back(ExplainRule(policy, last));
  ExplainDoubts(last, explanation.why);
  explanation.hpa = ExplainHpa(policy, last);
  explanation.changes = ChangesOf(policy, last);
  return explanation;
}

}  // namespace mcp_vitals::scaler
