#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/closed_loop/contestant.h"
#include "tests/closed_loop/scenario.h"

namespace mcp_vitals::closed_loop {

// How things stood at one moment.
struct Sample {
  int at = 0;
  double wanted = 0;   // sessions
  double offered = 0;  // pods that the calls of this moment keep busy, if nothing holds them up
  std::size_t streams = 0, in_flight = 0;
  int replicas = 0;     // wanted by the scale
  int ready = 0;        // that new streams go to
  int pods = 0;         // all that there are
  double quantile = 0;  // seconds, of the calls of this minute
  bool is_over = false;
  std::string note;
};

struct Outcome {
  double pod_hours = 0;
  double minutes_over = 0;  // the latency target
  double minutes = 0;       // in all
  std::uint64_t cut = 0;    // streams that a scale-in has ended
  int turns = 0;            // changes of direction of the replicas
  int most = 0, least = 0;  // replicas
  std::uint64_t calls = 0, lost = 0;
  double minutes_without = 0;   // of clients without their stream, added up
  std::vector<Sample> samples;  // one each 15 seconds
};

inline constexpr int kSampleSeconds = 15;

// Lets the contestant scale through the scenario. The same seed gives the same traffic to all.
Outcome Simulate(const Scenario& scenario, const Contestant& contestant, std::uint64_t seed);

}  // namespace mcp_vitals::closed_loop
