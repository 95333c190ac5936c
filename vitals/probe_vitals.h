#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "vitals/histogram.h"
#include "vitals/probe_result.h"

namespace mcp_vitals::vitals {

// What has been seen of one target since the program started.
struct TargetVitals {
  std::string target;
  std::string endpoint;
  std::string vantage;
  // The target shares this pod's network: configured so, or the last address used was loopback.
  bool in_pod = false;
  std::uint64_t probes = 0;
  std::array<std::uint64_t, kReasonCount> failures{};
  std::uint32_t consecutive_failures = 0;
  std::array<std::uint64_t, kSchemaSeverityCount> schema_changes{};
  std::uint64_t sessions_left_open = 0;  // opened, and not ended by their DELETE
  std::optional<std::chrono::system_clock::time_point> first_success;
  std::optional<std::chrono::system_clock::time_point> last_success;
  std::array<std::unique_ptr<Histogram>, kPhaseCount> phases;  // null: phase never reached
  Histogram total;
  std::optional<ProbeResult> last;  // nothing before the first probe
};

// Every configured target's vitals, by name. Thread-safe: recorded by the probes' thread, read by
// the exporter's. A target keeps its counters over a reload that keeps its name and endpoint.
class ProbeVitals {
 public:
  struct Key {
    std::string target;
    std::string vantage;
    bool in_pod = false;        // known from the configuration, before the first probe
    std::string endpoint = {};  // what is probed by that name: another one is another target
  };
  // Makes the set of targets exactly `targets`: new ones start at zero, others are forgotten.
  void SetTargets(const std::vector<Key>& targets);
  // A result of a target that is not (or no longer) in the set is dropped.
  void Record(ProbeResult result);

  // Calls `visit` for each target in order of name, a few at a time under the lock, so that a
  // scrape of thousands of targets does not hold up a probe. `between` is called without the lock
  // after each few: the place for whatever may block. It answers whether to go on.
  void ForEach(const std::function<void(const TargetVitals&)>& visit,
               const std::function<bool()>& between = {}) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<TargetVitals>> targets_;
};

}  // namespace mcp_vitals::vitals
