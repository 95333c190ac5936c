#include "scaler/latency_view.h"

#include <cmath>

namespace mcp_vitals::scaler {

namespace {

constexpr double kEnough = 100;    // calls
constexpr double kDeviate = 1.64;  // of the normal distribution, for 90 % (two-sided)

struct Tally {
  double calls = 0, over = 0;
};

Tally Count(const std::set<std::string>& tools, const Work& work, const CallsByTool& aged,
            double target, vitals::FineHistogram ToolWork::* window) {
  Tally tally;
  for (const std::string& name : tools) {
    if (const auto found = work.tools().find(name); found != work.tools().end()) {
      const vitals::FineHistogram& calls = found->second.*window;
      tally.calls += static_cast<double>(calls.count());
      tally.over += calls.CountAbove(target);
    }
    if (const auto found = aged.find(name); found != aged.end()) {
      const double late = found->second.CountAbove(target);
      tally.calls += late;
      tally.over += late;
    }
  }
  return tally;
}

// The tools that a policy judges by. One that is slow by nature says nothing of how busy a fleet
// is; but where all are, there is nothing else to go by.
std::set<std::string> Judged(const Policy& policy, const Work& work, const CallsByTool& aged,
                             std::set<std::string>& left_out) {
  if (!policy.tools.empty()) return policy.tools;
  std::set<std::string> all, judged;
  for (const auto& [name, tool] : work.tools()) {
    all.insert(name);
    if (!tool.natural || *tool.natural <= policy.latency_target.count()) judged.insert(name);
  }
  for (const auto& [name, calls] : aged) {
    if (all.insert(name).second) judged.insert(name);
  }
  if (judged.empty()) return all;
  for (const std::string& name : all) {
    if (!judged.contains(name)) left_out.insert(name);
  }
  return judged;
}

double Load(const std::set<std::string>& tools, const Work& work) {
  constexpr double kMinute = 60;
  double load = 0;
  for (const std::string& name : tools) {
    const auto found = work.tools().find(name);
    if (found == work.tools().end()) continue;
    const ToolWork& tool = found->second;
    const double natural = tool.natural.value_or(tool.minute.Quantile(0.5).value_or(0));
    load += static_cast<double>(tool.minute.count()) / kMinute * natural;
  }
  return load;
}

}  // namespace

LatencyView LookAtLatency(const Policy& policy, const Work& work, const CallsByTool& aged) {
  LatencyView view;
  const double target = policy.latency_target.count();
  const std::set<std::string> tools = Judged(policy, work, aged, view.left_out);
  Tally tally = Count(tools, work, aged, target, &ToolWork::minute);
  if (tally.calls < kEnough) tally = Count(tools, work, aged, target, &ToolWork::five_minutes);
  view.calls = tally.calls;
  view.over = tally.over;
  view.is_enough = tally.calls >= kEnough;
  view.share = tally.calls > 0 ? tally.over / tally.calls : 0;
  view.allowed = 1 - policy.latency_quantile;
  view.error =
      tally.calls > 0 ? kDeviate * std::sqrt(view.allowed * (1 - view.allowed) / tally.calls) : 1;
  view.load = Load(tools, work);
  for (const auto& [name, tool] : work.tools()) {
    view.calls_a_minute += static_cast<double>(tool.minute.count());
  }
  return view;
}

}  // namespace mcp_vitals::scaler
