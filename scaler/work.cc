#include "scaler/work.h"

#include <algorithm>
#include <utility>

namespace mcp_vitals::scaler {

namespace {
constexpr auto kStep = std::chrono::seconds(5);
constexpr auto kEpoch = std::chrono::hours(6);
// Tools of a fleet that are known apart; a server has dozens.
constexpr std::size_t kMaxTools = 500;
const std::string kOther = "_OTHER";
// Of fewer calls, a median says little.
constexpr std::uint64_t kEnough = 20;
}  // namespace

void Work::Add(Time now, const CallsByTool& ended) {
  if (!step_began_) step_began_ = epoch_began_ = now;
  // After a long silence every step is empty, however many there were.
  const auto steps = std::min<std::int64_t>((now - *step_began_) / kStep, kFiveMinutes);
  for (std::int64_t i = 0; i < steps; ++i) Step();
  if (steps > 0) {
    *step_began_ += (now - *step_began_) / kStep * kStep;
    LearnNatural(now);
  }
  for (const auto& [name, calls] : ended) {
    if (calls.count() == 0) continue;
    const bool has_place = tools_.size() < kMaxTools || tools_.contains(name);
    const std::string& tool = has_place ? name : kOther;
    steps_.back()[tool].Add(calls);
    tools_[tool].minute.Add(calls);
    tools_[tool].five_minutes.Add(calls);
  }
}

void Work::Show(Time now, std::map<std::string, ToolWork> tools) {
  if (!epoch_began_) epoch_began_ = now;
  tools_ = std::move(tools);
  LearnNatural(now);
}

void Work::Step() {
  steps_.emplace_back();
  if (steps_.size() > kMinute) {
    for (const auto& [tool, calls] : steps_[steps_.size() - 1 - kMinute]) {
      tools_[tool].minute.Remove(calls);
    }
  }
  if (steps_.size() > kFiveMinutes) {
    for (const auto& [tool, calls] : steps_.front()) {
      const auto found = tools_.find(tool);
      found->second.five_minutes.Remove(calls);
      if (found->second.five_minutes.count() == 0) tools_.erase(found);
    }
    steps_.pop_front();
  }
}

void Work::LearnNatural(Time now) {
  if (now - *epoch_began_ >= kEpoch) {
    epoch_began_ = now;
    for (auto& [tool, natural] : naturals_) natural = {natural.now, std::nullopt};
    std::erase_if(naturals_, [](const auto& one) { return !one.second.before; });
  }
  for (auto& [name, tool] : tools_) {
    if (naturals_.size() >= 2 * kMaxTools && !naturals_.contains(name)) continue;
    Natural& natural = naturals_[name];
    if (tool.five_minutes.count() >= kEnough) {
      const auto median = tool.five_minutes.Quantile(0.5);
      if (median) natural.now = std::min(natural.now.value_or(*median), *median);
    }
    if (natural.now && natural.before) {
      tool.natural = std::min(*natural.now, *natural.before);
    } else {
      tool.natural = natural.now ? natural.now : natural.before;
    }
  }
}

}  // namespace mcp_vitals::scaler
