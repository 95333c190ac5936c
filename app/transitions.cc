#include "app/transitions.h"

#include <cstdio>

namespace mcp_vitals::app {

namespace {

std::string Seconds(vitals::Seconds seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", seconds.count());
  return text;
}

template <class T>
std::string_view Name(const std::optional<T>& value) {
  return value ? ToString(*value) : std::string_view();
}

}  // namespace

void Transitions::Saw(const vitals::ProbeResult& result) {
  const State state(result.reason, result.phase);
  const auto [known, is_first] = states_.try_emplace(result.target, state);
  const State before = std::exchange(known->second, state);
  const std::string duration = Seconds(result.duration);
  log_.Debug("probed", {{"target", result.target},
                        {"success", result.success ? "true" : "false"},
                        {"duration_seconds", duration},
                        {"reason", Name(result.reason)},
                        {"phase", Name(result.phase)},
                        {"address", result.address}});
  if (!is_first && before == state) return;
  if (!result.success) {
    return log_.Warn("target is failing", {{"target", result.target},
                                           {"reason", Name(result.reason)},
                                           {"phase", Name(result.phase)},
                                           {"detail", result.detail},
                                           {"hint", result.hint},
                                           {"address", result.address}});
  }
  log_.Info(is_first ? "target is healthy" : "target is healthy again",
            {{"target", result.target},
             {"protocol_version", result.protocol_version},
             {"transport", result.transport},
             {"server", result.server_name},
             {"address", result.address},
             {"duration_seconds", duration}});
}

void Transitions::Keep(const std::vector<std::shared_ptr<const probe::Target>>& targets) {
  std::map<std::string, State> kept;
  for (const auto& target : targets) {
    const auto known = states_.find(target->name);
    if (known != states_.end()) kept.insert(*known);
  }
  states_ = std::move(kept);
}

}  // namespace mcp_vitals::app
