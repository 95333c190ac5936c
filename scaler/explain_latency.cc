#include <array>

#include "scaler/explain.h"
#include "scaler/explain_parts.h"

namespace mcp_vitals::scaler {

namespace {

constexpr std::size_t kMaxTools = 5;

// "0.8 at once per pod"
std::string AtOnce(double load_per_pod) { return Number(load_per_pod) + " at once per pod"; }

std::string ExplainLoad(const Decision& last) {
  if (last.latency.load <= 0 || last.facts.serving == 0) return {};
  const double per_pod = last.latency.load / static_cast<double>(last.facts.serving);
  std::string text =
      "If nothing held them up, calls would be under way " + AtOnce(per_pod) + " on average";
  if (last.safe > 0) text += "; the target was kept at " + AtOnce(last.safe);
  if (last.knee)
    text += (last.safe > 0 ? ", and missed at " : "; it was missed at ") + AtOnce(*last.knee);
  return text + ".";
}

// Why it asks for as many pods as it does.
std::string ExplainAdvice(LatencyAdvice advice) {
  switch (advice) {
    case LatencyAdvice::kKeep:
      return "nothing speaks for more or for fewer";
    case LatencyAdvice::kUnknown:
      return "too many of too few calls are late, which says nothing yet";
    case LatencyAdvice::kOver:
      return "the target is missed, but not yet for long enough to act on";
    case LatencyAdvice::kGrow:
      return "the target is missed, and more pods may cure it";
    case LatencyAdvice::kWait:
      return "the target is missed, but the pods that were asked for last have not shown yet what "
             "they do";
    case LatencyAdvice::kHotPods:
      return "the target is missed on a few pods only, which more pods do not cure, since streams "
             "and sessions stay where they are";
    case LatencyAdvice::kLatched:
      return "the target is missed, and more pods did not help, so that it is back to as many as "
             "before; look for something slow behind the server";
    case LatencyAdvice::kShrink:
      return "the target is kept, and would be with fewer";
  }
  return "";
}

}  // namespace

std::string_view ToString(LatencyAdvice advice) {
  constexpr std::array<std::string_view, 8> kNames = {"keep", "unknown",  "over",    "grow",
                                                      "wait", "hot_pods", "latched", "shrink"};
  return kNames[static_cast<std::size_t>(advice)];
}

void ExplainLatencyInputs(const Policy& policy, const Decision& last,
                          std::vector<std::string>& inputs) {
  const LatencyView& view = last.latency;
  const std::string target = Duration(policy.latency_target);
  if (view.calls == 0) {
    inputs.push_back("No calls of late to judge the latency by.");
  } else {
    inputs.push_back(Percent(view.share) + " of the last " + Count(view.calls, "call") +
                     " took longer than " + target + "; " + Percent(view.allowed) + " may" +
                     (view.is_enough ? "." : ", but these are too few calls to judge by."));
  }
  if (const std::string load = ExplainLoad(last); !load.empty()) inputs.push_back(load);
  if (!policy.tools.empty()) {
    inputs.push_back("Only calls of " + List(policy.tools, kMaxTools) + " are judged.");
  } else if (!view.left_out.empty()) {
    inputs.push_back("Not judged, since they take longer than " + target +
                     " by nature: " + List(view.left_out, kMaxTools) + ".");
  }
  inputs.push_back("Latency asks for " + Count(last.by_latency, "pod") + ": " +
                   (view.calls == 0 ? "there is nothing that more of them would do"
                                    : ExplainAdvice(last.advice)) +
                   ".");
}

std::string ExplainLatencyChange(const Policy& policy, const Decision& last) {
  const LatencyView& view = last.latency;
  const std::string late = " take longer than " + Duration(policy.latency_target);
  switch (last.advice) {
    case LatencyAdvice::kUnknown:
      return "More calls, by which the latency can be judged.";
    case LatencyAdvice::kOver:
      return "If the target stays missed, latency asks for more pods.";
    case LatencyAdvice::kGrow:
    case LatencyAdvice::kWait:
      return "Once the new pods have served for a while: more of them if they help too little, as "
             "many as before if they do not help.";
    case LatencyAdvice::kHotPods:
      return "Fewer clients on the hot pods, by a restart of these; or other pods that miss the "
             "target too.";
    case LatencyAdvice::kLatched:
      return "Calls that keep the target again; or clearly more of them after some time, when more "
             "pods are tried once more.";
    case LatencyAdvice::kKeep:
    case LatencyAdvice::kShrink:
      break;
  }
  if (!view.is_enough) return {};
  std::string text = "Latency asks for more pods when more than " +
                     Percent(view.allowed + view.error) + " of so many calls" + late +
                     " for a while";
  if (last.advice == LatencyAdvice::kKeep && view.allowed > view.error) {
    text += ", and for fewer when less than " + Percent(view.allowed - view.error) + " do";
  }
  return text + ".";
}

}  // namespace mcp_vitals::scaler
