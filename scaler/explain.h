#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scaler/decision.h"
#include "scaler/policy.h"

namespace mcp_vitals::scaler {

// A decision in sentences for whoever runs the fleet. What servers and name servers have said (the
// names of tools, why a member does not answer) stands in them as it came.
struct Explanation {
  std::string answer;                // what KEDA is told
  std::vector<std::string> inputs;   // what is seen, and how many pods each part of it asks for
  std::vector<std::string> why;      // what decided, and what is in doubt
  std::string hpa;                   // what the HPA makes of it
  std::vector<std::string> changes;  // what would change the answer
};

std::string_view ToString(LatencyAdvice advice);  // "keep", …

// `last` is a decision of a trigger with that policy.
Explanation Explain(const Policy& policy, const Decision& last);

}  // namespace mcp_vitals::scaler
