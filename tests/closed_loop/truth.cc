#include "tests/closed_loop/truth.h"

#include <algorithm>

#include "tests/closed_loop/pod.h"

namespace mcp_vitals::closed_loop {

namespace {
constexpr std::uint32_t kFew = 20;  // calls, of which no quantile can be told
}  // namespace

Truth::Truth(int seconds)
    : seconds_(static_cast<std::size_t>(seconds)),
      bins_(static_cast<std::size_t>(seconds / kBin + 1)) {}

void Truth::Count(double at, double seconds, bool is_over) {
  const auto second = static_cast<std::size_t>(at);
  if (second >= seconds_.size()) return;
  ++calls_;
  ++seconds_[second].calls;
  seconds_[second].over += is_over ? 1 : 0;
  bins_[second / kBin].Observe(seconds);
}

void Truth::Ended(const Done& done) {
  if (done.call.tool == kOpen || done.call.tool == kSlowTool) return;
  if (!done.is_answered) ++lost_;
  Count(done.call.at, done.is_answered ? done.duration : Server::kPatience,
        !done.is_answered || done.duration > kTarget);
}

void Truth::Lost(double at) {
  ++lost_;
  Count(at, Server::kPatience, true);
}

bool Truth::IsOver(int now) const {
  Second sum;
  for (int second = std::max(0, now - kWindow + 1); second <= now; ++second) {
    sum.calls += seconds_[static_cast<std::size_t>(second)].calls;
    sum.over += seconds_[static_cast<std::size_t>(second)].over;
  }
  return sum.calls >= kFew && sum.over > (1 - kQuantile) * sum.calls;
}

double Truth::Quantile(int now) const {
  const auto& bin = bins_[static_cast<std::size_t>(now / kBin)];
  return bin.Quantile(kQuantile).value_or(0);
}

}  // namespace mcp_vitals::closed_loop
