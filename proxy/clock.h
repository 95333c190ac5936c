#pragma once

#include <chrono>

namespace mcp_vitals::proxy {

// What is seen is told with the time at which it was seen, so that nothing here asks a clock.
using Time = std::chrono::steady_clock::time_point;

inline double SecondsBetween(Time from, Time to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace mcp_vitals::proxy
