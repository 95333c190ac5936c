#pragma once

#include <cstdint>
#include <vector>

#include "tests/closed_loop/server.h"
#include "vitals/fine_histogram.h"

namespace mcp_vitals::closed_loop {

// How long calls took, as their clients saw it. A call counts where it began; one that failed, or
// had no pod to go to, took too long. The tool that is slow by nature does not count.
class Truth {
 public:
  static constexpr double kTarget = 2;       // seconds
  static constexpr double kQuantile = 0.95;  // of the calls are to take no longer
  static constexpr int kWindow = 60;         // seconds
  static constexpr int kBin = 60;            // seconds of one histogram

  explicit Truth(int seconds);

  void Ended(const Done& done);
  void Lost(double at);  // went nowhere
  // The end of the second `now`: more than one in twenty of the calls that began in the minute
  // before took too long. Only known once they have ended.
  bool IsOver(int now) const;
  // The quantile of the calls that began in the minute of `now`, in seconds.
  double Quantile(int now) const;

  std::uint64_t calls() const { return calls_; }
  std::uint64_t lost() const { return lost_; }

 private:
  void Count(double at, double seconds, bool is_over);

  struct Second {
    std::uint32_t calls = 0, over = 0;
  };
  std::vector<Second> seconds_;
  std::vector<vitals::FineHistogram> bins_;
  std::uint64_t calls_ = 0, lost_ = 0;
};

}  // namespace mcp_vitals::closed_loop
