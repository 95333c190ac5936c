#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "app/config.h"
#include "app/pages.h"
#include "vitals/snapshot.h"

namespace mcp_vitals::app {

// This sidecar as a member of a fleet: what it tells of its server. Thread-safe.
class Member {
 public:
  struct Unknown {
    int status = 0;  // of HTTP: 404 where nothing is seen from inside, 503 while it is not known
    std::string why;
  };

  // What `sources` refers to outlives it.
  explicit Member(const PageSources& sources);
  // All but the echo. Waits for the proxy for a second at most.
  std::variant<vitals::Snapshot, Unknown> Look();

 private:
  vitals::Identity Who(const Config& config) const;
  bool TakeCount(const Config& config, vitals::Snapshot& snapshot) const;
  vitals::MemberState StateOf(vitals::MemberState server);
  bool HasStarted();

  const PageSources sources_;
  const std::uint64_t boot_;
  std::atomic<std::uint64_t> sequence_{0};
  std::atomic<bool> started_{false};
};

}  // namespace mcp_vitals::app
