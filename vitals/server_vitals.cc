#include "vitals/server_vitals.h"

namespace mcp_vitals::vitals {
namespace {

// Each in the order of its enum.
constexpr std::array<std::string_view, kStreamKindCount> kKinds = {"sse", "get", "post", "listen"};
constexpr std::array<std::string_view, kStreamEndCount> kStreamEnds = {"client", "server", "drain",
                                                                       "cut", "idle"};
constexpr std::array<std::string_view, kSessionEndCount> kSessionEnds = {"deleted", "expired",
                                                                         "lost"};
constexpr std::array<std::string_view, kOutcomeCount> kOutcomes = {"",
                                                                   "tool_error",
                                                                   "invalid_request",
                                                                   "method_not_found",
                                                                   "invalid_params",
                                                                   "internal_error",
                                                                   "rpc_other",
                                                                   "http_4xx",
                                                                   "http_5xx",
                                                                   "cancelled",
                                                                   "cut"};

constexpr std::array<std::string_view, kLimitCount> kLimits = {
    "connections",  "slow_request", "slow_reader", "slow_server", "queue_full", "queue_timeout",
    "tool_timeout", "stream_idle",  "sessions",    "series",      "operations"};

constexpr std::array<std::string_view, kDrainStateCount> kDrainStates = {"serving", "lame_duck",
                                                                         "draining", "drained"};

static_assert(static_cast<std::size_t>(DrainState::kDrained) + 1 == kDrainStateCount);
static_assert(static_cast<std::size_t>(Limit::kOperations) + 1 == kLimitCount);
static_assert(static_cast<std::size_t>(StreamKind::kListen) + 1 == kStreamKindCount);
static_assert(static_cast<std::size_t>(StreamEnd::kIdle) + 1 == kStreamEndCount);
static_assert(static_cast<std::size_t>(SessionEnd::kLost) + 1 == kSessionEndCount);
static_assert(static_cast<std::size_t>(Outcome::kCut) + 1 == kOutcomeCount);

}  // namespace

std::string_view ToString(StreamKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view ToString(StreamEnd end) { return kStreamEnds[static_cast<std::size_t>(end)]; }
std::string_view ToString(SessionEnd end) { return kSessionEnds[static_cast<std::size_t>(end)]; }
std::string_view ToString(Limit limit) { return kLimits[static_cast<std::size_t>(limit)]; }
std::string_view ToString(DrainState state) {
  return kDrainStates[static_cast<std::size_t>(state)];
}
std::string_view ToString(Outcome outcome) { return kOutcomes[static_cast<std::size_t>(outcome)]; }

}  // namespace mcp_vitals::vitals
