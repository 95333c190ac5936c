#include "vitals/histogram.h"

#include <algorithm>
#include <cmath>

namespace mcp_vitals::vitals {

void Histogram::Observe(double seconds) {
  if (std::isnan(seconds)) return;
  const auto bound = std::lower_bound(kDurationBounds.begin(), kDurationBounds.end(), seconds);
  ++buckets_[static_cast<std::size_t>(bound - kDurationBounds.begin())];
  sum_ += seconds;
}

std::uint64_t Histogram::count() const { return cumulative(kDurationBounds.size()); }

std::uint64_t Histogram::cumulative(std::size_t i) const {
  std::uint64_t sum = 0;
  for (std::size_t b = 0; b <= i && b < buckets_.size(); ++b) sum += buckets_[b];
  return sum;
}

}  // namespace mcp_vitals::vitals
