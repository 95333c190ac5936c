#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "vitals/fine_histogram.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::vitals {

enum class MemberState { kStarting, kServing, kDraining };

// Who a member of a fleet is.
struct Identity {
  std::string pod, pod_uid, pod_namespace, revision, node;
  std::string server;
  bool operator==(const Identity&) const = default;
};

struct ToolCalls {
  FineHistogram done;       // since the start; which ones: SnapshotOf
  FineHistogram in_flight;  // those that have not ended, by how long they have taken until now
};

// What one member knows of its server at one moment. Plain data; those of several members add up.
struct Snapshot {
  Identity identity;
  std::uint64_t boot = 0;      // random at each start: counters of two boots are not compared
  std::uint64_t sequence = 0;  // grows with each snapshot of a boot
  MemberState state = MemberState::kStarting;
  std::array<std::uint64_t, kStreamKindCount> streams{};  // live
  // Live ones, or connections that may hold one, where somebody else than the proxy counts them: of
  // no known kind, so that they count whichever kinds are asked for. The others are 0 then.
  std::uint64_t unsorted_streams = 0;
  std::uint64_t sessions = 0;  // alive
  // False: no proxy sees the operations, so that `in_flight` and `tools` say nothing.
  bool sees_operations = true;
  std::uint64_t in_flight = 0;  // operations
  std::map<std::string, ToolCalls, std::less<>> tools;
  std::string echo;  // the scaler's own state, given back as it came
};

// What `server` says of itself: state, streams, sessions, operations. A tool's calls are done when
// they were answered, however well, and when they were waited for in vain (cancelled, or cut):
// clients give up on the slow ones, so that without them a server would seem the faster the worse
// it is. Those that were turned away by an HTTP status are in none: a server (or a limit of ours)
// that refuses in a millisecond would seem fast while it is overloaded. How long such a one was
// waited for is seen while it is in flight.
Snapshot SnapshotOf(const ServerVitals& server);

// As Protobuf (snapshot.proto).
std::string Encode(const Snapshot& snapshot);
// Nothing if the bytes are no snapshot, or one beyond any bound: 2,000 tools (a member names at
// most 1,001), texts of 1 KiB, an echo of 64 KiB. The texts of a good one may hold any bytes, too:
// whoever shows one makes it safe.
std::optional<Snapshot> DecodeSnapshot(std::string_view bytes);

}  // namespace mcp_vitals::vitals
