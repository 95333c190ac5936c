#include "app/echoes.h"

#include <algorithm>

namespace mcp_vitals::app {

std::string Echoes::Exchange(const std::string& fleet, std::optional<std::string> next) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(echoes_.begin(), echoes_.end(),
                                  [&](const auto& echo) { return echo.first == fleet; });
  std::string last = found == echoes_.end() ? "" : found->second;
  if (!next) return last;
  if (found != echoes_.end()) echoes_.erase(found);
  echoes_.emplace_front(fleet, std::move(*next));
  if (echoes_.size() > kMaxFleets) echoes_.pop_back();
  return last;
}

}  // namespace mcp_vitals::app
