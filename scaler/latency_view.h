#pragma once

#include <set>
#include <string>

#include "scaler/policy.h"
#include "scaler/work.h"

namespace mcp_vitals::scaler {

// How the calls of a fleet stand against a latency target.
struct LatencyView {
  double calls = 0;  // that were judged: ended of late, or in flight for longer than the target
  double over = 0;   // of those, that took longer than the target or already have
  bool is_enough = false;  // calls for a judgement
  double share = 0;        // over / calls
  double error = 0;        // of the share, at 90 % confidence (Wald)
  double allowed = 0.05;   // share: 1 - the quantile
  // Calls that the fleet would have under way on average if nothing held any up: the rate of each
  // tool times its natural latency (Little's law). What grows with traffic, and not with slowness.
  // The rate is that of calls which end, until Trigger has put those in that pile up.
  double load = 0;
  double calls_a_minute = 0;       // that ended, of all tools
  std::set<std::string> left_out;  // tools that take longer than the target by nature

  bool is_over() const { return is_enough && share - error > allowed; }
  bool is_under() const { return is_enough && share + error < allowed; }
  // So far under it that chance will not lead over it: what may be learnt from, and given up.
  bool is_well_under() const { return is_under() && share <= kWellUnder * allowed; }
  static constexpr double kWellUnder = 0.5;
};

// `aged`: calls in flight, by how long they have taken until now.
LatencyView LookAtLatency(const Policy& policy, const Work& work, const CallsByTool& aged);

}  // namespace mcp_vitals::scaler
