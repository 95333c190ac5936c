#include "tests/closed_loop/calls.h"

#include <algorithm>

namespace mcp_vitals::closed_loop {

namespace {
constexpr double kWaitSpread = 0.3;
constexpr double kSlowSeconds = 30;
}  // namespace

Call Calls::Next(double at) {
  Call call;
  call.at = at;
  double pick = random_.Uniform();
  call.tool = 1;
  while (call.tool + 1 < kSlowTool && pick >= kTools[call.tool].share) {
    pick -= kTools[call.tool++].share;
  }
  const bool is_slow = random_.Uniform() < traffic_.slow_share(at);
  if (is_slow) call.tool = kSlowTool;
  call.demand = random_.LogNormal(kTools[call.tool].demand, kDemandSpread);
  const double wait = is_slow ? kSlowSeconds : traffic_.dependency(at);
  const double spread = random_.LogNormal(1, kWaitSpread);
  call.wait = wait * spread;
  return call;
}

void Calls::Tick(Cluster& cluster, const Clients& clients, int now, bool is_gateway_down,
                 Truth& truth) {
  const auto count = static_cast<double>(clients.all().size());
  const double of_sessions = count * traffic_.calls_per_session(now);
  const double of_others = traffic_.stateless(now);
  times_.clear();
  for (int i = random_.Poisson(of_sessions + of_others); i > 0; --i) {
    times_.push_back(now + random_.Uniform());
  }
  std::sort(times_.begin(), times_.end());
  for (const double at : times_) {
    const Call call = Next(at);
    const double whose = random_.Uniform() * (of_sessions + of_others);
    const bool is_sticky = random_.Uniform() < traffic_.sticky;
    Pod* pod = nullptr;
    if (whose < of_sessions) {
      const auto index = static_cast<std::size_t>(whose / of_sessions * count);
      Pod* const home = clients.all()[std::min(index, clients.all().size() - 1)].pod;
      pod = is_sticky || home == nullptr ? home : cluster.Pick();
    } else {
      pod = cluster.Pick();
    }
    if (pod == nullptr || is_gateway_down) {
      if (call.tool != kSlowTool) truth.Lost(at);
    } else {
      pod->server().Arrive(call);
    }
  }
}

}  // namespace mcp_vitals::closed_loop
