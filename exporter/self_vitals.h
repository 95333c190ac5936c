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

  // Limits hit (`mcp_vitals_limits_hit_total`).
  std::atomic<std::uint64_t> requests_rejected{0};  // by Route::max_concurrent
  std::atomic<std::uint64_t> connections_cut{0};    // to make room for newer ones
  std::atomic<std::uint64_t> slow_clients_cut{0};   // request or answer too slow
  std::atomic<std::uint64_t> request_heads_too_large{0};
  std::atomic<std::uint64_t> password_checks_rejected{0};  // too many at once
};

}  // namespace mcp_vitals::exporter
