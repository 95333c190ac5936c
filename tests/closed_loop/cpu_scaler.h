#pragma once

#include <map>

#include "tests/closed_loop/contestant.h"

namespace mcp_vitals::closed_loop {

// A plain HPA on CPU, with a metrics-server that looks at each pod each 15 seconds.
class CpuScaler final : public Scaler {
 public:
  CpuScaler(Hpa::Spec spec, int target) : hpa_(std::move(spec)), target_(target) {}

  int Tick(const Cluster& cluster, int now) override;
  std::string Note() const override;

 private:
  struct Seen {
    double work = 0;  // worker-seconds until then
    int at = 0;
    double used = -1;  // workers, between the last two looks; less than 0: not yet known
  };
  void Look(const Cluster& cluster, int now);

  Hpa hpa_;
  const int target_;  // per cent
  std::map<std::uint64_t, Seen> seen_;
  double used_ = 0;
};

}  // namespace mcp_vitals::closed_loop
