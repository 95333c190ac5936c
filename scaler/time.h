#pragma once

#include <chrono>

namespace mcp_vitals::scaler {

// Time is told to whoever decides; it never goes back. Where it starts means nothing, so that the
// clocks of several machines are never compared.
using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using Seconds = std::chrono::duration<double>;

}  // namespace mcp_vitals::scaler
