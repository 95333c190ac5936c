#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/closed_loop/pod.h"

namespace mcp_vitals::closed_loop {

// Something over time: of seconds since the start.
using Curve = std::function<double(double)>;

// What clients do. It does not depend on who scales: every contestant gets the same arrivals, the
// same lengths of sessions and the same calls.
struct Traffic {
  Curve sessions;                 // how many there are; each holds a stream
  double session_seconds = 1800;  // how long one lasts, on average; exponential
  Curve calls_per_session;        // a second
  double sticky = 0.5;            // of these: which go to the pod of the stream; others go to any
  Curve stateless;                // calls a second of clients without streams; to any pod
  Curve dependency;               // seconds that every call waits for something that pods share
  Curve slow_share;               // of the calls: to the tool that takes half a minute
};

struct Event {
  enum class Kind {
    kGatewayRestart,  // every stream breaks; for `value` seconds nothing reaches a pod
    kRollout,
    kPodSpeed,  // the oldest pod works at `value` times its speed from now on
  };
  int at = 0;
  Kind kind = Kind::kRollout;
  double value = 0;
};

struct Scenario {
  std::string name;
  std::string what;  // one sentence
  int seconds = 0;
  int replicas = 2;  // at the start, ready
  int min = 2, max = 40;
  Traffic traffic;
  std::vector<Event> events;
  std::vector<int> layout;  // streams on each pod at the start; empty: anywhere
  PodShape shape;
};

// What fleets meet, and the ways in which simple rules fail.
std::vector<Scenario> AllScenarios();

}  // namespace mcp_vitals::closed_loop
