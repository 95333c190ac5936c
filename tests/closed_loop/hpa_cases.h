#pragma once

#include <string>
#include <string_view>

namespace mcp_vitals::closed_loop {

// What this HPA makes of one case, {"replicas":…} or {"error":"…"}: the cases that the oracle in
// tests/hpa answers from Kubernetes' own code, where their form is described.
std::string AnswerHpaCase(std::string_view line);

}  // namespace mcp_vitals::closed_loop
