#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace mcp_vitals::exporter {

// What the program tells about itself (`mcp_vitals_*`). Thread-safe; no copies.
struct SelfVitals {
  std::string version;
  std::chrono::system_clock::time_point started = std::chrono::system_clock::now();
  std::atomic<bool> config_reload_successful{true};
  std::atomic<std::int64_t> config_reload_success_seconds{0};  // Unix time
  std::atomic<std::uint64_t> config_reloads{0}, config_reload_failures{0};
  std::atomic<std::uint64_t> requests_rejected{0};  // by Route::max_concurrent
};

}  // namespace mcp_vitals::exporter
