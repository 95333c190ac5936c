#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mcp_vitals::vitals {

// OpenTelemetry's bucket bounds for MCP durations, in seconds.
inline constexpr std::array kDurationBounds = {0.01, 0.02, 0.05, 0.1,  0.2,  0.5,   1.0,
                                               2.0,  5.0,  10.0, 30.0, 60.0, 120.0, 300.0};

// A histogram of durations in seconds over `kDurationBounds`. Not thread-safe.
class Histogram {
 public:
  void Observe(double seconds);
  std::uint64_t count() const;
  double sum() const { return sum_; }
  // Observations at or below bound i; i == kDurationBounds.size() counts all.
  std::uint64_t cumulative(std::size_t i) const;

 private:
  std::array<std::uint32_t, kDurationBounds.size() + 1> buckets_{};
  double sum_ = 0;
};

}  // namespace mcp_vitals::vitals
