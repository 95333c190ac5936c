#pragma once

#include <cstdint>
#include <vector>

#include "tests/closed_loop/clients.h"
#include "tests/closed_loop/random.h"
#include "tests/closed_loop/truth.h"

namespace mcp_vitals::closed_loop {

// The calls to tools of one second, as a Poisson stream, each handed to its pod: that of the
// client's stream, or any that is ready. One whose stream is down, or that finds no pod, is lost.
class Calls {
 public:
  Calls(const Traffic& traffic, std::uint64_t seed) : traffic_(traffic), random_(seed) {}

  void Tick(Cluster& cluster, const Clients& clients, int now, bool is_gateway_down, Truth& truth);

 private:
  Call Next(double at);

  const Traffic& traffic_;
  Random random_;
  std::vector<double> times_;
};

}  // namespace mcp_vitals::closed_loop
