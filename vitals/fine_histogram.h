#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mcp_vitals::vitals {

// For what lives long (streams, sessions): OpenTelemetry's bounds and, beyond them, up to a day.
inline constexpr std::array kLifetimeBounds = {0.01,  0.02,  0.05,  0.1,    0.2,    0.5,  1.0,
                                               2.0,   5.0,   10.0,  30.0,   60.0,   120., 300.,
                                               600.0, 1800., 3600., 14400., 86400.0};

// A histogram of durations in seconds in buckets that grow by at most 5 %, from 0.1 ms to a day:
// fine enough to decide on (a p95 is known to 5 %). The bounds of kDurationBounds and
// kLifetimeBounds are among its own, so that coarser histograms made from it are exact. Not
// thread-safe; takes memory (about 2 KiB) from the first observation on.
class FineHistogram {
 public:
  void Observe(double seconds);  // a NaN is ignored, less than nothing counts as nothing
  void Add(const FineHistogram& other);
  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }
  // How many were at or below `bound`, which is one of the bounds named above.
  std::uint64_t CountUpTo(double bound) const;
  // The bound of the bucket that the quantile `q` (0 to 1) falls into: at most 5 % above it.
  // Nothing without observations, or if it is above a day.
  std::optional<double> Quantile(double q) const;
  // The upper bounds of the buckets, ascending; one more bucket takes what is above the last.
  static std::span<const double> Bounds();

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace mcp_vitals::vitals
