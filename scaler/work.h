#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "scaler/time.h"
#include "vitals/fine_histogram.h"

namespace mcp_vitals::scaler {

using CallsByTool = std::map<std::string, vitals::FineHistogram>;

// The calls of one tool on all of a fleet.
struct ToolWork {
  vitals::FineHistogram minute, five_minutes;  // durations of those that ended of late
  // How long a call takes where nothing holds it up: the lowest median of five minutes that was
  // seen in the latest hours, in seconds. Nothing until there were calls enough.
  std::optional<double> natural;
};

// The calls of a fleet in the latest minutes, by tool, in steps of five seconds. One thread.
class Work {
 public:
  // Calls that have ended since it was told before. `now` never goes back.
  void Add(Time now, const CallsByTool& ended);
  // Instead of adding: the windows as somebody else has counted them; what is natural is learnt.
  void Show(Time now, std::map<std::string, ToolWork> tools);
  const std::map<std::string, ToolWork>& tools() const { return tools_; }

 private:
  static constexpr std::size_t kMinute = 12, kFiveMinutes = 60;  // steps
  struct Natural {
    std::optional<double> before, now;  // of the epoch before, and this one
  };
  void Step();
  void LearnNatural(Time now);

  std::deque<CallsByTool> steps_{CallsByTool()};  // the newest last
  std::optional<Time> step_began_, epoch_began_;
  std::map<std::string, ToolWork> tools_;
  std::map<std::string, Natural> naturals_;
};

}  // namespace mcp_vitals::scaler
