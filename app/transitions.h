#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/log.h"
#include "probe/target.h"
#include "vitals/probe_result.h"

namespace mcp_vitals::app {

// Logs when a target's state changes: healthy, failing for another reason, healthy again. Each
// probe is a line too, at level debug. One thread.
class Transitions {
 public:
  explicit Transitions(const Log& log) : log_(log) {}
  void Saw(const vitals::ProbeResult& result);
  // Forgets all others.
  void Keep(const std::vector<std::shared_ptr<const probe::Target>>& targets);

 private:
  using State = std::pair<std::optional<vitals::Reason>, std::optional<vitals::Phase>>;
  const Log& log_;
  std::map<std::string, State> states_;
};

}  // namespace mcp_vitals::app
