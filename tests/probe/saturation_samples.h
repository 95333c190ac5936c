#pragma once

#include <string>
#include <string_view>

#include "probe/saturation_source.h"

namespace mcp_vitals::probe {

// As the configuration has it when it says nothing.
inline SaturationSource DefaultSource() {
  SaturationSource source;
  for (std::size_t i = 0; i < kFigures.size(); ++i) {
    source.places[i].metric = ParseSelector(kFigures[i].metric);
    source.places[i].pointer = kFigures[i].pointer;
    if (kFigures[i].unit == FigureUnit::kBytes) source.places[i].scale = kMegabyte;
  }
  return source;
}

// What a server with a pool of database connections says: all there is.
inline constexpr std::string_view kAllFigures =
    R"({"pool_total":10,"pool_idle":4,"pool_waiting":2,"pool_utilization":0.6,)"
    R"("heap_used_mb":48,"heap_total_mb":64,"heap_limit_mb":96,"heap_utilization":0.5,"rss_mb":120,)"
    R"("active_sessions":7})";

// The beginning of what prom-client exports by itself.
inline constexpr std::string_view kNodeMetrics =
    "# HELP process_resident_memory_bytes Resident memory size in bytes.\n"
    "# TYPE process_resident_memory_bytes gauge\n"
    "process_resident_memory_bytes 61353984\n"
    "# HELP nodejs_eventloop_lag_seconds Lag of event loop in seconds.\n"
    "# TYPE nodejs_eventloop_lag_seconds gauge\n"
    "nodejs_eventloop_lag_seconds Nan\n"
    "nodejs_heap_size_total_bytes 16000000\n"
    "nodejs_heap_size_used_bytes 12000000\n"
    "nodejs_version_info{version=\"v22.1.0\",major=\"22\"} 1\n";

}  // namespace mcp_vitals::probe
