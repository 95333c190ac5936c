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
// thread-safe. It holds the span from its lowest used bucket to its highest, 8 bytes each (calls
// from 10 ms to 2 s: under 1 KiB), so that it allocates only when an observation lies outside of
// all before it.
class FineHistogram {
 public:
  // A NaN is ignored, less than nothing counts as nothing.
  void Observe(double seconds, std::uint64_t times = 1);
  void Add(const FineHistogram& other);
  // Takes out what was added before: `other` is part of this one.
  void Remove(const FineHistogram& other);
  // What has come since it was as `before`; nothing if it never was.
  std::optional<FineHistogram> Since(const FineHistogram& before) const;
  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }
  // How many were at or below `bound`, which is one of the bounds named above.
  std::uint64_t CountUpTo(double bound) const;
  // How many were above `bound`, any number of seconds: those in the bucket that it lies in are
  // taken to be spread evenly over it, so that the error is at most that bucket's count. What took
  // more than a day is above every bound.
  double CountAbove(double bound) const;
  // The bound of the bucket that the quantile `q` (0 to 1) falls into: at most 5 % above it.
  // Nothing without observations, or if it is above a day.
  std::optional<double> Quantile(double q) const;
  // The upper bounds of the buckets, ascending; one more bucket takes what is above the last.
  static std::span<const double> Bounds();

  // ---- for whoever carries it elsewhere --------------------------------------------------------
  // How many are in each bucket from first_bucket() on; empty without observations.
  std::span<const std::uint64_t> buckets() const { return buckets_; }
  std::size_t first_bucket() const { return first_; }
  // Adds `counts[i]` to the bucket `buckets[i]`, in any order. False, and nothing changes, when the
  // lists differ in length, there is no such bucket, or the count would overflow.
  bool AddBuckets(std::span<const std::uint32_t> buckets, std::span<const std::uint64_t> counts);
  // Not a number, below nothing, or too much for a sum: is ignored.
  void AddToSum(double seconds);

 private:
  void Cover(std::size_t low, std::size_t high);

  std::vector<std::uint64_t> buckets_;  // from first_ on
  std::uint32_t first_ = 0;
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace mcp_vitals::vitals
