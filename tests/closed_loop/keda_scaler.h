#pragma once

#include <functional>

#include "tests/closed_loop/contestant.h"
#include "tests/closed_loop/keda.h"

namespace mcp_vitals::closed_loop {

inline constexpr int kHpaSync = 15;  // seconds

// A ScaledObject and what its triggers read, which is brought up to date each second.
class KedaScaler final : public Scaler {
 public:
  using Observe = std::function<void(const Cluster&, int now)>;

  using Why = std::function<std::string()>;

  KedaScaler(ScaledObject object, Observe observe, Why why = {})
      : keda_(std::move(object)), observe_(std::move(observe)), why_(std::move(why)) {}

  int Tick(const Cluster& cluster, int now) override;
  std::string Note() const override;

 private:
  Keda keda_;
  const Observe observe_;
  const Why why_;
};

}  // namespace mcp_vitals::closed_loop
