#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// How many replicas one metric asks for: the arithmetic of Kubernetes 1.35's HPA
// (pkg/controller/podautoscaler/replica_calculator.go), in its own types, so that it rounds as it
// does. No state, no clock.
namespace mcp_vitals::closed_loop {

// Thousandths, as KEDA hands them on: it prints values and targets with three decimals.
std::int64_t Milli(double value);

// By how much a ratio may miss 1 before anything changes.
struct Tolerance {
  double up = 0.1;
  double down = 0.1;
  bool Covers(double ratio) const { return 1 - down <= ratio && ratio <= 1 + up; }
};

// An external metric of type AverageValue: the values added up, in thousandths.
int AverageValueReplicas(const std::vector<std::int64_t>& values, std::int64_t target, int status,
                         Tolerance tolerance);
// An external metric of type Value. `ready` counts every pod that runs and is ready, also those on
// their way out.
int ValueReplicas(const std::vector<std::int64_t>& values, std::int64_t target, int spec, int ready,
                  Tolerance tolerance);

// What the HPA knows of one pod for a CPU metric.
struct PodCpu {
  bool is_deleted = false;
  bool is_pending = false;
  // Not ready, or ready for less than the metric's window: its sample is not used.
  bool is_unready = false;
  std::optional<std::int64_t> usage;  // millicores; nothing: no metric yet
  std::int64_t request = 0;           // millicores
};
// CPU as a share of what is requested, target in per cent. Nothing: no pod has a metric, an error.
std::optional<int> UtilizationReplicas(const std::vector<PodCpu>& pods, int target, int spec,
                                       Tolerance tolerance);

}  // namespace mcp_vitals::closed_loop
