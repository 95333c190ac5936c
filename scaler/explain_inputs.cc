#include "scaler/explain_parts.h"

namespace mcp_vitals::scaler {

namespace {

// "get, listen and sse"
std::string KindsOf(const Policy& policy, const FleetFacts& facts) {
  std::set<std::string> kinds;
  for (const vitals::StreamKind kind : policy.kinds) kinds.emplace(ToString(kind));
  if (facts.unsorted_streams > 0) kinds.emplace("those that nobody sorts");
  return List(kinds, vitals::kStreamKindCount + 1);
}

std::string ExplainMembers(const FleetFacts& facts) {
  std::string text = Count(static_cast<double>(facts.expected), "member") + ": " +
                     std::to_string(facts.fresh) + " answer";
  const auto add = [&text](std::size_t count, const char* words) {
    if (count > 0) text += ", " + std::to_string(count) + words;
  };
  add(facts.silent, " silent");
  add(facts.unheard, " never heard");
  add(facts.refused, " refused");
  text += ". Pods: " + std::to_string(facts.serving) + " serving";
  add(facts.starting, " starting");
  add(facts.draining, " draining");
  return text + ".";
}

std::string ExplainStreams(const Policy& policy, const Decision& last) {
  std::string text = Count(last.streams, "stream") + " (" + KindsOf(policy, last.facts) +
                     "; the most of the last minute)";
  if (policy.metric == Metric::kLoad) {
    text +=
        policy.buffer > 0 ? " and a buffer of " + Number(policy.buffer) + " ask for " : " ask for ";
    text += Pods(last.by_streams) + ", " + Number(policy.connections_per_pod) + " each";
  } else if (policy.metric == Metric::kConnections && policy.buffer > 0) {
    text += " and a buffer of " + Number(policy.buffer);
  }
  return text + ".";
}

std::string ExplainInFlight(const Policy& policy, const Decision& last) {
  std::string text = Count(last.in_flight, "operation") +
                     " in flight (the mean of the last minute, or of its last seconds if that is "
                     "more)";
  if (policy.metric == Metric::kLoad && policy.concurrency_per_pod) {
    text += " ask for " + Pods(last.by_concurrency) + ", " + Number(*policy.concurrency_per_pod) +
            " each";
  }
  return text + ".";
}

}  // namespace

std::vector<std::string> InputsOf(const Policy& policy, const Decision& last) {
  std::vector<std::string> inputs;
  inputs.push_back(ExplainMembers(last.facts));
  if (last.facts.fresh == 0) {
    if (last.facts.silent == 0) return inputs;
    inputs.push_back("As last heard: " +
                     Count(static_cast<double>(last.facts.StreamsOf(policy.kinds)), "stream") +
                     " (" + KindsOf(policy, last.facts) + "), " +
                     Count(static_cast<double>(last.facts.in_flight), "operation") + " in flight.");
    return inputs;
  }
  inputs.push_back(ExplainStreams(policy, last));
  inputs.push_back(ExplainInFlight(policy, last));
  if (!AnswersSum(policy.metric)) ExplainLatencyInputs(policy, last, inputs);
  return inputs;
}

}  // namespace mcp_vitals::scaler
