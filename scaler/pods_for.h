#pragma once

#include <algorithm>
#include <cmath>

namespace mcp_vitals::scaler {

// The most pods, or streams, that are told: what is beyond is a mistake somewhere.
inline constexpr double kMostPods = 1e9;

// How many pods `amount` needs at `per_pod` (above 0) each; none for what is no number.
inline unsigned PodsFor(double amount, double per_pod) {
  const double pods = std::ceil(amount / per_pod - 1e-9);
  return pods > 0 ? static_cast<unsigned>(std::min(pods, kMostPods)) : 0;
}

}  // namespace mcp_vitals::scaler
