#pragma once

#include <memory>
#include <optional>

#include "mcp/version.h"
#include "probe/channel.h"
#include "probe/era_cache.h"

namespace mcp_vitals::probe {

// A server that has agreed to talk, and how.
struct Greeted {
  std::unique_ptr<Channel> channel;
  mcp::Version version;
  Dialect dialect;
  bool is_sure = true;  // or the server was only silent in a newer dialect
};

// Each shakes hands in one dialect; nothing on failure, which is recorded.

// 2026-07-28: server/discover.
net::Task<std::optional<Greeted>> GreetModern(Run& run);
// 2025-03-26 to 2025-11-25: initialize and its notification, on one endpoint. `version` is what to
// ask for; unless the target fixes it, what the server offers instead is taken.
net::Task<std::optional<Greeted>> GreetLegacy(Run& run, mcp::Version version);
// 2024-11-05: the same over an event stream and its endpoint.
net::Task<std::optional<Greeted>> GreetHttpSse(Run& run, mcp::Version version);
// Whichever it is: server/discover, then initialize, then GET for an event stream.
net::Task<std::optional<Greeted>> Detect(Run& run);

}  // namespace mcp_vitals::probe
