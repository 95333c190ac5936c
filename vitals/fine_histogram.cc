#include "vitals/fine_histogram.h"

#include <algorithm>
#include <cmath>

namespace mcp_vitals::vitals {
namespace {

constexpr double kShortest = 1e-4;
constexpr double kGrowth = 1.05;

// Between two coarse bounds the fine ones are evenly spaced in the logarithm.
std::vector<double> MakeBounds() {
  std::vector<double> bounds = {kShortest};
  for (const double bound : kLifetimeBounds) {
    const double last = bounds.back();
    const int steps = static_cast<int>(std::ceil(std::log(bound / last) / std::log(kGrowth)));
    for (int i = 1; i < steps; ++i)
      bounds.push_back(last * std::pow(bound / last, 1.0 * i / steps));
    bounds.push_back(bound);
  }
  return bounds;
}

std::size_t BucketOf(double seconds) {
  const auto bounds = FineHistogram::Bounds();
  return static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), seconds) -
                                  bounds.begin());
}

}  // namespace

std::span<const double> FineHistogram::Bounds() {
  static const std::vector<double> bounds = MakeBounds();
  return bounds;
}

void FineHistogram::Observe(double seconds) {
  if (std::isnan(seconds)) return;
  if (buckets_.empty()) buckets_.resize(Bounds().size() + 1);
  seconds = std::max(seconds, 0.0);
  ++buckets_[BucketOf(seconds)];
  ++count_;
  sum_ += seconds;
}

void FineHistogram::Add(const FineHistogram& other) {
  if (other.buckets_.empty()) return;
  if (buckets_.empty()) buckets_.resize(Bounds().size() + 1);
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
}

std::uint64_t FineHistogram::CountUpTo(double bound) const {
  std::uint64_t sum = 0;
  const std::size_t last = buckets_.empty() ? 0 : BucketOf(bound) + 1;
  for (std::size_t i = 0; i < last; ++i) sum += buckets_[i];
  return sum;
}

std::optional<double> FineHistogram::Quantile(double q) const {
  const auto rank = std::max(1.0, std::ceil(q * static_cast<double>(count_)));
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < Bounds().size() && i < buckets_.size(); ++i) {
    sum += buckets_[i];
    if (static_cast<double>(sum) >= rank) return Bounds()[i];
  }
  return std::nullopt;
}

}  // namespace mcp_vitals::vitals
