#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "scaler/latency_view.h"
#include "scaler/time.h"

namespace mcp_vitals::scaler {

// Which pods the late calls of the latest minute were on. One thread.
class HotPods {
 public:
  // Calls of a pod that have ended since it was told before, those of them that were over the
  // target, and those in flight that are over it now.
  void Add(Time now, std::uint64_t boot, double calls, double over, double late);
  // The target is missed because of the worst tenth of the pods (one at least), and kept well by
  // the others: more pods are no cure, since streams and sessions stay where they are. Never with
  // fewer than three pods.
  bool AreToBlame(const LatencyView& view) const;

 private:
  struct Tally {
    std::int64_t step = 0;
    double calls = 0, over = 0;
  };
  struct Pod {
    std::deque<Tally> ended;  // a step of five seconds each
    double late = 0;
  };
  static std::int64_t StepOf(Time now);
  void Sweep(std::int64_t step);

  std::map<std::uint64_t, Pod> pods_;  // by boot
  std::int64_t swept_ = 0;
};

}  // namespace mcp_vitals::scaler
