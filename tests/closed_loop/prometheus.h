#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "tests/closed_loop/cluster.h"

namespace mcp_vitals::closed_loop {

// A Prometheus that scrapes every pod each 15 seconds, each at a moment of its own, and what it
// answers to the queries of the compared configurations, by PromQL's own rules.
class Prometheus {
 public:
  void Scrape(const Cluster& cluster, int now);

  // sum() and avg() of mcp_active_sse_connections; nothing without a series.
  std::optional<double> SumOfStreams(int now) const;
  std::optional<double> AverageOfStreams(int now) const;
  // sum(rate(http_requests_total[window]))
  std::optional<double> RequestRate(int now, int window) const;
  // histogram_quantile(q, sum(rate(…_bucket[window])) by (le)), with OpenTelemetry's bounds.
  std::optional<double> Quantile(double q, int now, int window) const;

 private:
  static constexpr std::size_t kBuckets = vitals::kDurationBounds.size() + 1;
  struct Sample {
    int at;
    double streams;
    double requests;
    std::array<double, kBuckets> buckets;  // cumulative
  };
  struct Series {
    std::deque<Sample> samples;
    bool is_gone = false;
  };
  // By rate(): of what `read` takes from a sample.
  template <class Read>
  static std::optional<double> Rate(const Series& series, int now, int window, Read read);

  std::map<std::uint64_t, Series> series_;  // by pod
};

}  // namespace mcp_vitals::closed_loop
