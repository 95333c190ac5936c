#include "proxy/ledger.h"

namespace mcp_vitals::proxy {

void Ledger::CountOperation(std::string_view method, std::string_view tool, vitals::Outcome outcome,
                            double seconds) {
  const std::string_view label = tool.empty() ? tool : tools_.LabelOf(tool);
  vitals::OperationKey key{method, outcome, std::string(label)};
  auto found = vitals_.operations.find(key);
  if (found == vitals_.operations.end() && vitals_.operations.size() >= series_budget_) {
    vitals_.Hit(vitals::Limit::kSeries);
    key = {kOther, outcome, ""};
    found = vitals_.operations.find(key);
  }
  if (found == vitals_.operations.end()) {
    found = vitals_.operations.try_emplace(key).first;
    if (outcome != vitals::Outcome::kOk) ++vitals_.new_errors;
  }
  found->second.Observe(seconds);
}

}  // namespace mcp_vitals::proxy
