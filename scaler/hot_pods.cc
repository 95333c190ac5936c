#include "scaler/hot_pods.h"

#include <algorithm>

namespace mcp_vitals::scaler {

namespace {
constexpr auto kStep = std::chrono::seconds(5);
constexpr std::int64_t kSteps = 12;
constexpr std::size_t kFewest = 3;
}  // namespace

std::int64_t HotPods::StepOf(Time now) { return now.time_since_epoch() / kStep; }

void HotPods::Sweep(std::int64_t step) {
  if (step == swept_) return;
  swept_ = step;
  for (auto& [boot, pod] : pods_) {
    while (!pod.ended.empty() && pod.ended.front().step <= step - kSteps) pod.ended.pop_front();
  }
  std::erase_if(pods_, [](const auto& pod) { return pod.second.ended.empty(); });
}

void HotPods::Add(Time now, std::uint64_t boot, double calls, double over, double late) {
  const std::int64_t step = StepOf(now);
  Sweep(step);
  Pod& pod = pods_[boot];
  if (pod.ended.empty() || pod.ended.back().step != step) pod.ended.push_back({step, 0, 0});
  pod.ended.back().calls += calls;
  pod.ended.back().over += over;
  pod.late = late;
}

bool HotPods::AreToBlame(const LatencyView& view) const {
  if (pods_.size() < kFewest || !view.is_over()) return false;
  std::vector<Tally> tallies;
  Tally all;
  for (const auto& [boot, pod] : pods_) {
    Tally& sum = tallies.emplace_back(Tally{0, pod.late, pod.late});
    for (const Tally& tally : pod.ended) {
      sum.calls += tally.calls;
      sum.over += tally.over;
    }
    all.calls += sum.calls;
    all.over += sum.over;
  }
  std::sort(tallies.begin(), tallies.end(),
            [](const Tally& a, const Tally& b) { return a.over > b.over; });
  const std::size_t worst = (tallies.size() + 9) / 10;
  for (std::size_t i = 0; i < worst; ++i) {
    all.calls -= tallies[i].calls;
    all.over -= tallies[i].over;
  }
  return all.calls > 0 && all.over / all.calls <= LatencyView::kWellUnder * view.allowed;
}

}  // namespace mcp_vitals::scaler
