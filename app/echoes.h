#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace mcp_vitals::app {

// What scalers have left here of their own state, by fleet, so that one that starts goes on where
// the last one stood, and two see each other. In memory only. Thread-safe.
class Echoes {
 public:
  static constexpr std::size_t kMaxFleets = 8;

  // The echo of `fleet` as it stood ("" if none); then `next` is that echo, if there is one. The
  // one that was left the longest ago makes room.
  std::string Exchange(const std::string& fleet, std::optional<std::string> next);

 private:
  std::mutex mutex_;
  std::list<std::pair<std::string, std::string>> echoes_;  // by fleet, the newest first
};

}  // namespace mcp_vitals::app
