#pragma once

#include <string>
#include <vector>

#include "scaler/decision.h"
#include "scaler/policy.h"
#include "scaler/words.h"

// The parts that an Explanation is put together from; for explain*.cc alone.
namespace mcp_vitals::scaler {

// Whether the HPA is told a sum that it divides, and not a number of pods.
inline bool AnswersSum(Metric metric) {
  return metric == Metric::kConnections || metric == Metric::kConcurrency;
}
inline std::string Pods(unsigned pods) { return Count(pods, "pod"); }

std::vector<std::string> InputsOf(const Policy& policy, const Decision& last);
std::vector<std::string> ChangesOf(const Policy& policy, const Decision& last);

// Of policies that look at latency.
void ExplainLatencyInputs(const Policy& policy, const Decision& last,
                          std::vector<std::string>& inputs);
// What would make the latency ask for another number; "" if nothing is sure to.
std::string ExplainLatencyChange(const Policy& policy, const Decision& last);

}  // namespace mcp_vitals::scaler
