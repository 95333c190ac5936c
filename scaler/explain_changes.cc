#include <algorithm>
#include <cmath>

#include "scaler/explain_parts.h"

namespace mcp_vitals::scaler {

namespace {

// How many more of something, each `per_pod` to a pod, until there is one pod more.
double Missing(double amount, double per_pod, double pods) {
  return std::max(1.0, std::floor(pods * per_pod - amount + 1e-9) + 1);
}

// A sum is divided by the HPA, whose tolerance swallows small steps.
std::string ExplainSumGrowth(const Policy& policy, const Decision& last, double value) {
  const bool by_streams = policy.metric == Metric::kConnections;
  const double edge = std::max((1 + policy.hpa_tolerance) * last.seen, 1.0);
  if (value > edge * policy.TargetSize()) return {};  // it goes up already
  const double more = Missing(value, policy.TargetSize(), edge);
  return Count(more, by_streams ? "more stream" : "more operation") +
         (by_streams ? "" : " in flight") + (more == 1 ? " makes" : " make") + " the HPA go up.";
}

std::string ExplainSumShrinking(const Policy& policy, const Decision& last, double value) {
  const double edge = (1 - policy.hpa_tolerance) * last.seen * policy.TargetSize();
  if (last.seen < 2 || value < edge) return {};  // it goes down already
  return "With fewer than " + Number(edge) +
         (policy.metric == Metric::kConnections ? " streams" : " operations in flight") +
         " it goes down.";
}

std::string ExplainPartChange(const char* what, double amount, double per_pod, unsigned pods) {
  const double more = Missing(amount, per_pod, pods);
  return Count(more, what) + (more == 1 ? " asks" : " ask") + " for one more pod.";
}

void ExplainGrowth(const Policy& policy, const Decision& last, std::vector<std::string>& changes) {
  const auto* verdict = std::get_if<Verdict>(&last.answer);
  if (last.facts.fresh == 0 || verdict == nullptr) return;
  if (last.rule == Rule::kIdle || !verdict->active) {
    changes.push_back("It is active when there are more than " + Number(policy.activation) +
                      " streams and operations.");
    return;
  }
  if (AnswersSum(policy.metric)) {
    for (std::string change : {ExplainSumGrowth(policy, last, verdict->value),
                               ExplainSumShrinking(policy, last, verdict->value)}) {
      if (!change.empty()) changes.push_back(std::move(change));
    }
    return;
  }
  if (policy.metric == Metric::kLoad) {
    changes.push_back(ExplainPartChange("more stream", last.streams + policy.buffer,
                                        policy.connections_per_pod, last.pods));
    if (policy.concurrency_per_pod) {
      changes.push_back(ExplainPartChange("more operation", last.in_flight,
                                          *policy.concurrency_per_pod, last.pods));
    }
  }
  std::string latency = ExplainLatencyChange(policy, last);
  if (!latency.empty()) changes.push_back(std::move(latency));
}

void ExplainSight(const Decision& last, std::vector<std::string>& changes) {
  const Doubts& doubts = last.doubts;
  const std::string first = last.facts.trouble.empty() ? "" : " (" + last.facts.trouble + ")";
  if (last.rule == Rule::kBlind) {
    changes.push_back((last.facts.expected == 0 ? "A list of members must be had"
                       : last.facts.is_partial  ? "All that is asked of the fleet must be known"
                                                : "At least half of the members must answer") +
                      first + ".");
    return;
  }
  if (doubts.silent || doubts.unheard || doubts.refused || doubts.list_old || doubts.partial) {
    changes.push_back("For fewer pods all must be seen first" + first + ".");
  }
  if (doubts.too_soon) changes.emplace_back("For fewer pods a minute must pass without blindness.");
  if (doubts.rival)
    changes.emplace_back("For fewer pods the other scaler must ask for fewer, or end.");
}

void ExplainShrinking(const Policy& policy, const Decision& last,
                      std::vector<std::string>& changes) {
  if (last.rule == Rule::kWindow) {
    changes.emplace_back("Fewer pods are asked for when fewer have been enough for five minutes.");
  } else if (last.rule == Rule::kRoom) {
    const double fewer = std::ceil(
        last.streams - kRoom * policy.connections_per_pod * std::max(last.pods - 1.0, 0.0) - 1e-9);
    changes.push_back(Count(std::max(fewer, 1.0), "stream") +
                      " fewer would ask for one pod less, and so would an hour of no more.");
  } else if (last.rule == Rule::kStreams && policy.metric == Metric::kLoad && last.pods > 1) {
    const double fewer = std::ceil(last.streams + policy.buffer -
                                   policy.connections_per_pod * (last.pods - 1) - 1e-9);
    changes.push_back(Count(std::max(fewer, 1.0), "stream") +
                      " fewer for five minutes would ask for one pod less, if nothing else asks "
                      "for more.");
  }
}

}  // namespace

std::vector<std::string> ChangesOf(const Policy& policy, const Decision& last) {
  std::vector<std::string> changes;
  ExplainGrowth(policy, last, changes);
  ExplainSight(last, changes);
  ExplainShrinking(policy, last, changes);
  return changes;
}

}  // namespace mcp_vitals::scaler
