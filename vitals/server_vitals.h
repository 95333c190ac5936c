#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "vitals/fine_histogram.h"
#include "vitals/inside_canary.h"

namespace mcp_vitals::vitals {

// Live streams by what opened them: 2024-11-05's GET, Streamable HTTP's GET, a POST whose answer is
// a stream, and 2026-07-28's `subscriptions/listen`.
enum class StreamKind { kSse, kGet, kPost, kListen };
inline constexpr std::size_t kStreamKindCount = 4;
std::string_view ToString(StreamKind kind);  // "sse", "get", "post", "listen"

// Who ended a stream, or what.
enum class StreamEnd {
  kClient,  // its client closed the connection
  kServer,  // the server ended it properly
  kDrain,   // we did, properly, while draining
  kCut,     // the server's connection broke, or we had to break it
  kIdle,    // an idle time-out of ours
};
inline constexpr std::size_t kStreamEndCount = 5;
std::string_view ToString(StreamEnd end);  // "client", …

enum class SessionEnd {
  kDeleted,  // by its client: a DELETE, or the end of its 2024-11-05 stream
  kExpired,  // nothing was heard of it for the idle time of sessions
  kLost,     // the server no longer knew it, or cut its 2024-11-05 stream
};
inline constexpr std::size_t kSessionEndCount = 3;
std::string_view ToString(SessionEnd end);  // "deleted", …

// How an operation ended: a closed list, the values of the label `error_type`.
enum class Outcome {
  kOk,
  kToolError,
  kInvalidRequest,
  kMethodNotFound,
  kInvalidParams,
  kInternalError,
  kRpcOther,
  kHttp4xx,
  kHttp5xx,
  kCancelled,
  kCut,
};
inline constexpr std::size_t kOutcomeCount = 11;
std::string_view ToString(Outcome outcome);  // "" for kOk, "tool_error", …

// What the proxy bounds, the values of the label `limit`.
enum class Limit {
  kConnections,   // a connection was closed at once
  kSlowRequest,   // a request took too long to arrive
  kSlowReader,    // a client took nothing for too long
  kSlowServer,    // the server took nothing of a request for too long
  kQueueFull,     // too many in flight, and no room to wait
  kQueueTimeout,  // too many in flight for too long
  kToolTimeout,   // a tool took longer than it may
  kStreamIdle,    // a stream was silent for too long
  kSessions,      // a session was not followed
  kSeries,        // an operation was counted as "_OTHER"
  kOperations,    // an operation was not followed: too many in its session
};
inline constexpr std::size_t kLimitCount = 11;
std::string_view ToString(Limit limit);  // "connections", …

// How far the way out is.
enum class DrainState { kServing, kLameDuck, kDraining, kDrained };
inline constexpr std::size_t kDrainStateCount = 4;
std::string_view ToString(DrainState state);  // "serving", "lame_duck", …

struct StreamVitals {
  std::uint64_t live = 0;
  std::uint64_t silent = 0;  // of those live: nothing has come for long
  std::uint64_t opened = 0;
  std::uint64_t resumed = 0;  // of those opened: with Last-Event-ID
  std::array<std::uint64_t, kStreamEndCount> closed{};
  FineHistogram duration;
  FineHistogram first_event;  // from the request's head to the first event
};

struct SessionVitals {
  std::uint64_t live = 0;
  std::uint64_t abandoned = 0;  // of those live: no stream, and nothing was heard for long
  std::uint64_t opened = 0;
  std::array<std::uint64_t, kSessionEndCount> closed{};
  FineHistogram duration;
};

// Keys of the maps below. Methods come from a closed list and have static storage; tools from a
// bounded one. Both may be "_OTHER".
struct RequestKey {
  std::string_view method;
  int status = 0;
  auto operator<=>(const RequestKey&) const = default;
};
struct OperationKey {
  std::string_view method;
  Outcome outcome = Outcome::kOk;
  std::string tool;  // of tools/call, else ""
  auto operator<=>(const OperationKey&) const = default;
};

// What is known of one server from in front of it since the program started. Plain data, written by
// one thread, which copies it for the others; two of them add up.
struct ServerVitals {
  std::array<StreamVitals, kStreamKindCount> streams;
  SessionVitals sessions;
  std::map<RequestKey, std::uint64_t> requests;  // answered
  std::map<OperationKey, FineHistogram> operations;
  std::uint64_t operations_in_flight = 0;
  // Of those, calls by tool: how long they have taken until now. Of tools that have any.
  std::map<std::string, FineHistogram> calls_in_flight;
  std::uint64_t connections = 0;  // of clients, open now
  std::uint64_t connections_accepted = 0;
  // Of probes of ours: in no other number but connections and cut_by_drain.
  std::uint64_t own_requests = 0;
  // Requests and notifications of the server to its clients, by method (as in RequestKey).
  std::map<std::string_view, std::uint64_t> server_messages;
  std::map<std::uint64_t, InsideCanary> own_canaries;  // the last of each target, by ProbeTag
  std::uint64_t upgrades = 0;  // connections that became something else than HTTP
  std::uint64_t http2_refused = 0;
  std::uint64_t malformed_requests = 0;
  std::uint64_t foreign_requests = 0;    // answered, and no MCP
  std::uint64_t uninspected_bodies = 0;  // that passed unread
  std::uint64_t new_errors = 0;  // methods, tools and error types seen together for the first time
  std::optional<double> idle_cut_seconds;  // an idle timer on the way, if there seems to be one
  std::uint64_t lost_log_lines = 0;        // of the access log
  std::uint64_t queued_requests = 0;       // that wait for their turn
  std::array<std::uint64_t, kLimitCount> limits_hit{};
  DrainState drain = DrainState::kServing;
  // Exchanges of any kind that were still under way when the drain's time was over.
  std::uint64_t cut_by_drain = 0;

  StreamVitals& of(StreamKind kind) { return streams[static_cast<std::size_t>(kind)]; }
  const StreamVitals& of(StreamKind kind) const { return streams[static_cast<std::size_t>(kind)]; }
  void Hit(Limit limit) { ++limits_hit[static_cast<std::size_t>(limit)]; }
  std::uint64_t hits(Limit limit) const { return limits_hit[static_cast<std::size_t>(limit)]; }
};

}  // namespace mcp_vitals::vitals
