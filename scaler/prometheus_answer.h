#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mcp_vitals::scaler {

// One series of an instant vector.
struct Series {
  std::map<std::string, std::string> labels;
  double value = 0;  // finite, from 0
};

// Why something is not known: a few words, printable ASCII.
struct Unknown {
  std::string why;
};

// What a query was answered: its series, at least one; or why it tells nothing.
using PrometheusAnswer = std::variant<Unknown, std::vector<Series>>;

inline constexpr std::size_t kMaxSeries = 10'000;

// Reads the answer of /api/v1/query, as Prometheus, Thanos, Mimir and VictoriaMetrics give it. What
// is no whole vector of numbers that can be counted tells nothing: an error, a warning, a part of
// the data ("isPartial", or infos that speak of it), another type, nothing at all (absent is not
// 0), NaN, infinite or less than 0. `status` is HTTP's.
PrometheusAnswer ReadPrometheusAnswer(int status, std::string_view body);

// Foreign text, made fit for a message: printable ASCII, and not too much of it.
std::string Words(std::string_view text);

}  // namespace mcp_vitals::scaler
