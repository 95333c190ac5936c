#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probe/target.h"
#include "probe/text_format.h"
#include "vitals/saturation_vitals.h"

namespace mcp_vitals::probe {

enum class FigureUnit { kCount, kBytes, kShare };

// One figure that a server may give, and where it stands if the configuration does not say.
struct Figure {
  std::string_view key;  // in the configuration, without the unit
  std::optional<double> vitals::Saturation::* value;
  FigureUnit unit;
  std::string_view metric;   // what prom-client and prometheus_client call it; "" if they have none
  std::string_view pointer;  // in JSON: bytes in units of 10^6
};
inline constexpr std::array kFigures = {
    Figure{"pool_total", &vitals::Saturation::pool_total, FigureUnit::kCount, "", "/pool_total"},
    Figure{"pool_idle", &vitals::Saturation::pool_idle, FigureUnit::kCount, "", "/pool_idle"},
    Figure{"pool_waiting", &vitals::Saturation::pool_waiting, FigureUnit::kCount, "",
           "/pool_waiting"},
    Figure{"pool_utilization", &vitals::Saturation::pool_utilization, FigureUnit::kShare, "",
           "/pool_utilization"},
    Figure{"heap_used", &vitals::Saturation::heap_used, FigureUnit::kBytes,
           "nodejs_heap_size_used_bytes", "/heap_used_mb"},
    Figure{"heap_total", &vitals::Saturation::heap_total, FigureUnit::kBytes,
           "nodejs_heap_size_total_bytes", "/heap_total_mb"},
    Figure{"heap_limit", &vitals::Saturation::heap_limit, FigureUnit::kBytes, "", "/heap_limit_mb"},
    Figure{"heap_utilization", &vitals::Saturation::heap_utilization, FigureUnit::kShare, "",
           "/heap_utilization"},
    Figure{"rss", &vitals::Saturation::resident, FigureUnit::kBytes,
           "process_resident_memory_bytes", "/rss_mb"},
    Figure{"active_sessions", &vitals::Saturation::active_sessions, FigureUnit::kCount, "",
           "/active_sessions"},
    // Asked for by `connections`, not by `saturation`: there is no name that many servers share.
    Figure{"active_streams", &vitals::Saturation::active_streams, FigureUnit::kCount, "", ""},
};
inline constexpr std::size_t kActiveStreams = kFigures.size() - 1;

inline constexpr double kMegabyte = 1e6;  // as dashboards of Node servers have it, not 2^20

// Where a figure stands in a server's answer.
struct FigurePlace {
  std::optional<SeriesSelector> metric;
  std::string pointer;  // "" for none
  double scale = 1;     // of what stands at the pointer
};

enum class FiguresFormat { kPrometheus, kJson };

// Where a server tells of itself, and how to read it. Built by the configuration, immutable
// afterwards.
struct SaturationSource {
  Target target;                        // how to reach it: URL, time-out, TLS
  std::optional<FiguresFormat> format;  // nothing: as the answer's Content-Type says
  std::array<FigurePlace, kFigures.size()> places;
  std::chrono::milliseconds interval{15'000};
  std::optional<double> limit;  // of a ratio
  std::size_t max_answer_bytes = std::size_t{1} << 20;

  std::string endpoint() const { return target.endpoint(); }
};

}  // namespace mcp_vitals::probe
