#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mcp_vitals::vitals {

// What a server says of itself: each figure it names, and nothing for one that it does not.
struct Saturation {
  std::optional<double> pool_total, pool_idle, pool_waiting;  // connections
  std::optional<double> pool_utilization;                     // 0 to 1
  std::optional<double> heap_used, heap_total, heap_limit;    // bytes: in use, taken, allowed
  std::optional<double> heap_utilization;                     // 0 to 1
  std::optional<double> resident;                             // bytes
  std::optional<double> active_sessions;
  std::optional<double> active_streams;

  // The share that is in use: as the server says, or else from its parts; nothing when neither can
  // be had.
  std::optional<double> PoolRatio() const;
  std::optional<double> HeapRatio() const;
};

// Why no figures could be had: a closed list, each the value of the label `reason`.
enum class FetchError {
  kConnectionError,   // no connection, or it broke
  kTimeout,           // no whole answer in time
  kHttpError,         // a status other than 2xx
  kResponseTooLarge,  // more than may be read
  kMalformed,         // neither of the two formats, or not to be read as the one it claims to be
  kNoFigures,         // well-formed, without any figure that is looked for
};
inline constexpr std::size_t kFetchErrorCount = 6;
std::string_view ToString(FetchError error);  // "connection_error", …

struct FetchFailure {
  FetchError error = FetchError::kConnectionError;
  std::string detail;  // one sentence for people; never a secret
};
using Fetched = std::variant<Saturation, FetchFailure>;

// What is known of the server's own figures.
struct SaturationReport {
  std::string endpoint;  // where they come from; "" when none are asked for
  std::uint64_t fetches = 0;
  std::array<std::uint64_t, kFetchErrorCount> failures{};
  // Of the last fetch: nothing before the first one has ended, or since it failed.
  std::optional<Saturation> figures;
  std::optional<std::chrono::system_clock::time_point> last_success;
  std::optional<double> limit;  // of a ratio; nothing: none
  // Fetches in a row, to the last one, in which a ratio was above the limit.
  std::uint32_t times_above = 0;

  // Two in a row: a single one may be a moment's peak.
  bool saturated() const { return times_above >= 2; }
};

// Thread-safe: recorded by the probes' thread, read by the exporter's.
class SaturationVitals {
 public:
  // What is fetched from now on; "" is nothing. Another endpoint begins anew, and so does the count
  // against another limit.
  void Configure(const std::string& endpoint, std::optional<double> limit);
  // A fetch that ended now. One from another endpoint than the configured one is dropped.
  void Record(const std::string& endpoint, const Fetched& fetched);
  SaturationReport Get() const;

 private:
  mutable std::mutex mutex_;
  SaturationReport report_;
};

}  // namespace mcp_vitals::vitals
