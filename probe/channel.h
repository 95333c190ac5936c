#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "probe/exchange.h"
#include "probe/reply.h"
#include "probe/run.h"

namespace mcp_vitals::probe {

// How JSON-RPC messages reach a server and come back: one implementation for each transport. Every
// failure is recorded in the run, in the current phase. A channel is used by one coroutine.
class Channel {
 public:
  virtual ~Channel() = default;
  // Sends the request `body` with id `id` and waits for its answer. `headers` come on top of the
  // transport's own. Nothing when there was none.
  virtual net::Task<std::optional<Reply>> Call(Run& run, std::int64_t id, std::string body,
                                               Headers headers) = 0;
  // Sends a notification (or a reply to the server).
  virtual net::Task<bool> Notify(Run& run, std::string body) = 0;
};

}  // namespace mcp_vitals::probe
