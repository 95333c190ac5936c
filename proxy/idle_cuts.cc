#include "proxy/idle_cuts.h"

#include <algorithm>
#include <vector>

namespace mcp_vitals::proxy {

namespace {
constexpr double kShortest = 5;  // seconds: no timer on the way is shorter, and chatter is
constexpr double kSpread = 1.05;
constexpr auto kMemory = std::chrono::hours(1);
}  // namespace

void IdleCuts::Add(double silence_seconds, Time now) {
  if (silence_seconds < kShortest) return;
  cuts_[added_++ % kKept] = {silence_seconds, now};
}

std::optional<double> IdleCuts::Find(Time now) const {
  std::vector<double> recent;
  for (std::size_t i = 0; i < std::min(added_, kKept); ++i) {
    if (now - cuts_[i].at < kMemory) recent.push_back(cuts_[i].silence);
  }
  std::sort(recent.begin(), recent.end());
  std::size_t most = 0;
  double middle = 0;
  for (auto first = recent.begin(); first != recent.end(); ++first) {
    const auto last = std::upper_bound(first, recent.end(), *first * kSpread);
    const auto agree = static_cast<std::size_t>(last - first);
    if (agree <= most) continue;
    most = agree;
    middle = *(first + (last - first) / 2);
  }
  if (most < kAgree || most * 2 < recent.size()) return std::nullopt;
  return middle;
}

}  // namespace mcp_vitals::proxy
