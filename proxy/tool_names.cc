#include "proxy/tool_names.h"

namespace mcp_vitals::proxy {

namespace {
constexpr std::size_t kMaxTools = 1000;
}  // namespace

void ToolNames::Learn(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (names_.size() >= kMaxTools) return;
    if (!name.empty() && name.size() <= kMaxNameBytes) names_.insert(name);
  }
}

std::string_view ToolNames::LabelOf(std::string_view name) const {
  const auto known = names_.find(name);
  return known == names_.end() ? kOther : std::string_view(*known);
}

}  // namespace mcp_vitals::proxy
