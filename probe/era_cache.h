#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "mcp/version.h"

namespace mcp_vitals::probe {

// How a server was last spoken to with success.
struct Dialect {
  mcp::Era era;
  mcp::Transport transport;
  friend bool operator==(const Dialect&, const Dialect&) = default;
};

// Remembers the dialect of each endpoint, so that only the first probe has to find out. By endpoint
// and not by origin, since one port may serve `/mcp` and `/sse`. What is remembered is good for an
// hour, so that a server's newer era is noticed. Bounded, since it keeps hashes: two endpoints with
// the same one cost each other a detection. Not thread-safe.
class EraCache {
 public:
  using Clock = std::chrono::steady_clock;
  std::optional<Dialect> Find(const std::string& endpoint,
                              Clock::time_point now = Clock::now()) const;
  void Remember(const std::string& endpoint, Dialect dialect, Clock::time_point now = Clock::now());
  // A dialect that was found only because the server was silent in the newer one, as a deaf server
  // is, and one that was slow for once: it is known when it is found so twice in a row.
  void Suspect(const std::string& endpoint, Dialect dialect, Clock::time_point now = Clock::now());
  void Forget(const std::string& endpoint);

 private:
  static constexpr std::size_t kMaxEndpoints = 65'536;
  struct Entry {
    Dialect dialect;
    Clock::time_point since;
    bool is_sure;
  };
  void Put(std::size_t key, const Entry& entry);
  std::unordered_map<std::size_t, Entry> entries_;  // by the endpoint's hash
};

}  // namespace mcp_vitals::probe
