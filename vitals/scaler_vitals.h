#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What a scaler tells of itself and of its fleets at one moment. Plain data.
namespace mcp_vitals::vitals {

// One trigger that KEDA asks for.
struct ScalerTrigger {
  std::string metric;  // "load", …
  std::string name;    // what tells it from another of the same fleet and metric; mostly ""
  std::string blind;   // why nothing is said; "" if something is
  double value = 0;    // these mean nothing while it is blind
  unsigned pods = 0;   // asked for
  bool active = false;
  bool is_skewed = false;   // the latency target is missed on a few pods only
  bool is_latched = false;  // the latency target is missed, and more pods did not help
};

struct ScalerFleet {
  std::string name;
  std::map<std::string, std::size_t> members;  // by state: fresh, silent, unheard, refused
  std::map<std::string, std::size_t> pods;     // by state: serving, starting, draining
  std::size_t seen = 0;                        // pods, as the HPA counts them
  std::vector<ScalerTrigger> triggers;
  double blind_seconds = 0;                        // in all
  std::map<std::string, std::uint64_t> decisions;  // by rule
};

struct ScalerVitals {
  std::vector<ScalerFleet> fleets;
  std::size_t streams_open = 0;                                           // of StreamIsActive
  std::map<std::pair<std::string, std::string>, std::uint64_t> requests;  // by method and code
};

}  // namespace mcp_vitals::vitals
