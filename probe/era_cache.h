#pragma once

#include <map>
#include <optional>
#include <string>

#include "mcp/version.h"

namespace mcp_vitals::probe {

// How a server was last spoken to with success.
struct Dialect {
  mcp::Era era;
  mcp::Transport transport;
  friend bool operator==(const Dialect&, const Dialect&) = default;
};

// Remembers the dialect of each endpoint (origin and path: one port may serve `/mcp` and `/sse`), so
// that only the first probe has to find out. A probe that fails in a way that another dialect might
// explain forgets it. Bounded; not thread-safe.
class EraCache {
 public:
  std::optional<Dialect> Find(const std::string& endpoint) const;
  void Remember(const std::string& endpoint, Dialect dialect);
  void Forget(const std::string& endpoint);

 private:
  static constexpr std::size_t kMaxEndpoints = 65536;
  std::map<std::string, Dialect> dialects_;
};

}  // namespace mcp_vitals::probe
