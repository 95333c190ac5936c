#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vitals/probe_result.h"

namespace mcp_vitals::vitals {

// A probe of ours carries the name of its target to the proxy as this digest, so that what the
// proxy saw of its canary can be laid beside what the probe saw.
std::uint64_t ProbeTag(std::string_view target);

// What the proxy saw of a target's last canary.
struct InsideCanary {
  std::chrono::system_clock::time_point answered;
  double seconds = 0;  // from the head of the call to its answer
  bool good = false;   // a result that is no error
};

// Who is to blame for a probe that failed.
enum class Layer {
  kServer,   // the canary was answered badly, or not, behind the proxy
  kPath,     // it was answered well there: what is in front of the proxy lost it
  kUnknown,  // it did not come by here, or there is none
};
inline constexpr std::size_t kLayerCount = 3;
std::string_view ToString(Layer layer);  // "server", …

// Nothing for a probe that succeeded. `inside` is of the same target, maybe of an earlier probe.
std::optional<Layer> LayerAtFault(const ProbeResult& outside,
                                  const std::optional<InsideCanary>& inside);

}  // namespace mcp_vitals::vitals
