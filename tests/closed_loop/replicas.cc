#include "tests/closed_loop/replicas.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mcp_vitals::closed_loop {

namespace {

std::int64_t Sum(const std::vector<std::int64_t>& values) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::int64_t sum = 0;
  for (const std::int64_t value : values) {
    if (value > 0 && sum > kMost - value) return kMost;
    sum += value;
  }
  return sum;
}

int RoundedUp(double replicas) {
  constexpr int kMost = std::numeric_limits<int>::max();
  const double whole = std::ceil(replicas);
  return whole >= kMost ? kMost : static_cast<int>(whole);
}

// Used per hundred requested; whole per cent, rounded down, as the HPA has it.
double UsageRatio(std::int64_t used, std::int64_t requested, int target) {
  return static_cast<double>(used * 100 / requested) / target;
}

}  // namespace

std::int64_t Milli(double value) { return std::llrint(value * 1000); }

int AverageValueReplicas(const std::vector<std::int64_t>& values, std::int64_t target, int status,
                         Tolerance tolerance) {
  const auto usage = static_cast<double>(Sum(values));
  const auto per_pod = static_cast<double>(target);
  // Of no replicas it is infinite, and of nothing at all not a number: neither is covered.
  if (tolerance.Covers(usage / (per_pod * status))) return status;
  return RoundedUp(usage / per_pod);
}

int ValueReplicas(const std::vector<std::int64_t>& values, std::int64_t target, int spec, int ready,
                  Tolerance tolerance) {
  const double ratio = static_cast<double>(Sum(values)) / static_cast<double>(target);
  if (spec == 0) return RoundedUp(ratio);
  if (tolerance.Covers(ratio)) return spec;
  return RoundedUp(ratio * ready);
}

std::optional<int> UtilizationReplicas(const std::vector<PodCpu>& pods, int target, int spec,
                                       Tolerance tolerance) {
  std::int64_t used = 0, requested = 0;
  std::int64_t of_missing = 0, assumed_of_missing = 0, of_unready = 0;
  int ready = 0, missing = 0, unready = 0;
  for (const PodCpu& pod : pods) {
    if (pod.is_deleted) continue;
    if (pod.is_pending || (pod.usage && pod.is_unready)) {
      ++unready;
      of_unready += pod.request;
    } else if (!pod.usage) {
      ++missing;
      of_missing += pod.request;
      assumed_of_missing += pod.request * std::max(100, target) / 100;
    } else {
      ++ready;
      used += *pod.usage;
      requested += pod.request;
    }
  }
  if (ready == 0 || requested == 0) return std::nullopt;
  const double ratio = UsageRatio(used, requested, target);
  const bool counts_unready = unready > 0 && ratio > 1;
  if (!counts_unready && missing == 0) {
    return tolerance.Covers(ratio) ? spec : RoundedUp(ratio * ready);
  }
  // Who has no metric is taken for busy when the others ask for fewer, for idle when for more.
  int counted = ready;
  if (missing > 0 && ratio != 1) {
    if (ratio < 1) used += assumed_of_missing;
    requested += of_missing;
    counted += missing;
  }
  if (counts_unready) {
    requested += of_unready;
    counted += unready;
  }
  const double again = UsageRatio(used, requested, target);
  if (tolerance.Covers(again) || (ratio < 1 && again > 1) || (ratio > 1 && again < 1)) return spec;
  const int replicas = RoundedUp(again * counted);
  if ((again < 1 && replicas > spec) || (again > 1 && replicas < spec)) return spec;
  return replicas;
}

}  // namespace mcp_vitals::closed_loop
