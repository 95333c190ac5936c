#include "vitals/fine_histogram.h"

#include <algorithm>
#include <cmath>
#include <utility>

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

// Makes room for the buckets from `low` to `high`, and no more: what a fleet's scaler holds by the
// ten thousand is read once, and what grows on the proxy's path has soon seen its extremes.
void FineHistogram::Cover(std::size_t low, std::size_t high) {
  if (!buckets_.empty()) {
    low = std::min<std::size_t>(low, first_);
    high = std::max(high, first_ + buckets_.size() - 1);
  }
  if (high - low + 1 == buckets_.size()) return;
  std::vector<std::uint64_t> wider(high - low + 1);
  if (!buckets_.empty()) std::copy(buckets_.begin(), buckets_.end(), &wider[first_ - low]);
  buckets_ = std::move(wider);
  first_ = static_cast<std::uint32_t>(low);
}

void FineHistogram::Observe(double seconds, std::uint64_t times) {
  if (std::isnan(seconds) || times == 0) return;
  seconds = std::max(seconds, 0.0);
  const std::size_t bucket = BucketOf(seconds);
  const bool is_covered = bucket >= first_ && bucket - first_ < buckets_.size();
  if (!is_covered) Cover(bucket, bucket);
  buckets_[bucket - first_] += times;
  count_ += times;
  sum_ += seconds * static_cast<double>(times);
}

void FineHistogram::Add(const FineHistogram& other) {
  if (other.buckets_.empty()) return;
  Cover(other.first_, other.first_ + other.buckets_.size() - 1);
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) {
    buckets_[other.first_ - first_ + i] += other.buckets_[i];
  }
  count_ += other.count_;
  sum_ += other.sum_;
}

void FineHistogram::Remove(const FineHistogram& other) {
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) {
    if (other.buckets_[i] > 0) buckets_[other.first_ - first_ + i] -= other.buckets_[i];
  }
  count_ -= other.count_;
  sum_ = count_ == 0 ? 0 : sum_ - other.sum_;
}

std::optional<FineHistogram> FineHistogram::Since(const FineHistogram& before) const {
  const auto was = [&](std::size_t bucket) {
    const bool is_covered =
        bucket >= before.first_ && bucket - before.first_ < before.buckets_.size();
    return is_covered ? before.buckets_[bucket - before.first_] : 0;
  };
  FineHistogram since;
  std::uint64_t found = 0;  // of those before
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const std::uint64_t earlier = was(first_ + i);
    found += earlier;
    if (earlier > buckets_[i]) return std::nullopt;
    if (earlier == buckets_[i]) continue;
    since.Cover(first_ + i, first_ + i);
    since.buckets_[first_ + i - since.first_] = buckets_[i] - earlier;
  }
  if (found != before.count_) return std::nullopt;
  since.count_ = count_ - before.count_;
  since.AddToSum(sum_ - before.sum_);
  return since;
}

bool FineHistogram::AddBuckets(std::span<const std::uint32_t> buckets,
                               std::span<const std::uint64_t> counts) {
  if (buckets.size() != counts.size()) return false;
  std::uint64_t count = count_;
  std::size_t low = Bounds().size();
  std::size_t high = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i] > Bounds().size() || count + counts[i] < count) return false;
    count += counts[i];
    if (counts[i] == 0) continue;
    low = std::min<std::size_t>(low, buckets[i]);
    high = std::max<std::size_t>(high, buckets[i]);
  }
  if (count == count_) return true;
  Cover(low, high);
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (counts[i] > 0) buckets_[buckets[i] - first_] += counts[i];
  }
  count_ = count;
  return true;
}

void FineHistogram::AddToSum(double seconds) {
  if (seconds > 0 && std::isfinite(sum_ + seconds)) sum_ += seconds;
}

std::uint64_t FineHistogram::CountUpTo(double bound) const {
  const std::size_t last = BucketOf(bound);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < buckets_.size() && first_ + i <= last; ++i) sum += buckets_[i];
  return sum;
}

double FineHistogram::CountAbove(double bound) const {
  const std::size_t split = BucketOf(bound);
  double above = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const std::size_t bucket = first_ + i;
    double share = bucket > split || bucket == Bounds().size() ? 1 : 0;
    if (bucket == split && split < Bounds().size()) {
      const double low = split == 0 ? 0 : Bounds()[split - 1];
      share = (Bounds()[split] - std::max(bound, low)) / (Bounds()[split] - low);
    }
    above += share * static_cast<double>(buckets_[i]);
  }
  return above;
}

std::optional<double> FineHistogram::Quantile(double q) const {
  const auto rank = std::max(1.0, std::ceil(q * static_cast<double>(count_)));
  std::uint64_t sum = 0;
  for (std::size_t i = 0; first_ + i < Bounds().size() && i < buckets_.size(); ++i) {
    sum += buckets_[i];
    if (static_cast<double>(sum) >= rank) return Bounds()[first_ + i];
  }
  return std::nullopt;
}

}  // namespace mcp_vitals::vitals
