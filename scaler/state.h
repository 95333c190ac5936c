#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "scaler/decision.h"

namespace mcp_vitals::scaler {

// All that a scaler needs to go on where another stood, for one fleet.
struct FleetState {
  std::uint64_t scaler = 0;                        // the boot of the one that wrote it
  std::uint64_t sequence = 0;                      // the newest has the greatest
  std::map<std::uint64_t, TriggerState> triggers;  // by KeyOf
};

// Of what a policy says; the same in every process.
std::uint64_t KeyOf(const Policy& policy);

// Of so many triggers at most, so that a state is under 4 KiB.
inline constexpr std::size_t kMaxStateTriggers = 24;

// As Protobuf (state.proto); beyond kMaxStateTriggers some are left out. `now` is what
// times are relative to.
std::string EncodeState(const FleetState& state, Time now);
// Nothing if the bytes are no state, or hold numbers that no scaler writes.
std::optional<FleetState> DecodeState(std::string_view bytes, Time now);

}  // namespace mcp_vitals::scaler
