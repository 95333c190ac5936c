#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scaler/fleet_view.h"
#include "scaler/work.h"

namespace mcp_vitals::scaler {

struct StreamSums {
  std::array<std::uint64_t, vitals::kStreamKindCount> by_kind{};
  std::uint64_t unsorted = 0;  // of kinds that nobody knows
};

// What others have added up of a fleet, at one moment. What is not there is not known now.
struct FleetSample {
  std::optional<StreamSums> streams;
  std::optional<std::uint64_t> in_flight;
  std::optional<std::uint64_t> replicas;  // pods that were heard lately; not 0
  std::optional<std::uint64_t> silent;    // other pods that should be heard
  std::optional<std::map<std::string, ToolWork>> calls;
  std::vector<std::string> troubles;  // why something is not known
};

// A fleet as it was last told of by its sums. It knows no clock and no network. One thread.
class SampleView {
 public:
  // Several times a minute, whatever is known; `now` never goes back.
  void Saw(FleetSample sample, Time now);
  // As of `now`. A sum that is not known now counts at its last value, so that it may make the
  // fleet grow. Without the number of pods nobody can say what would make it grow, and before all
  // pods were seen once, what is seen of some may be less than there was before: nothing is fresh.
  FleetFacts At(Time now) const;
  const std::vector<std::string>& troubles() const { return last_.troubles; }

 private:
  FleetSample last_;  // with sums of before where there are none now
  bool is_whole_ = false;
  bool saw_all_ = false;  // once
  std::optional<Time> seen_;
};

}  // namespace mcp_vitals::scaler
