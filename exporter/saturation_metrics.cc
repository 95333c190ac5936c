#include <array>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

using prometheus::MetricType;
using vitals::Saturation;
using vitals::SaturationReport;

void Add(const Labels& labels, const std::optional<double>& value, Samples& out) {
  if (value) out.Gauge(labels, *value);
}

// A row whose one sample is a figure of the last fetch.
template <std::optional<double> Saturation::* kFigure>
void CollectFigure(const SaturationReport& report, Samples& out) {
  if (report.figures) Add({}, *report.figures.*kFigure, out);
}

void CollectPool(const SaturationReport& report, Samples& out) {
  if (!report.figures) return;
  Add({{"state", "total"}}, report.figures->pool_total, out);
  Add({{"state", "idle"}}, report.figures->pool_idle, out);
  Add({{"state", "waiting"}}, report.figures->pool_waiting, out);
}

void CollectRatios(const SaturationReport& report, Samples& out) {
  if (!report.figures) return;
  Add({{"resource", "pool"}}, report.figures->PoolRatio(), out);
  Add({{"resource", "heap"}}, report.figures->HeapRatio(), out);
}

void CollectFailures(const SaturationReport& report, Samples& out) {
  for (std::size_t i = 0; i < vitals::kFetchErrorCount; ++i) {
    const auto reason = ToString(static_cast<vitals::FetchError>(i));
    out.Counter({{"reason", std::string(reason)}}, static_cast<double>(report.failures[i]));
  }
}

constexpr std::array kSaturationMetrics = {
    SaturationMetric{{"mcp_pool_connections", MetricType::Gauge,
                      "Connections of the server's own pool: total and idle, and the requests "
                      "waiting for one.",
                      "state"},
                     CollectPool},
    SaturationMetric{{"mcp_heap_used_bytes", MetricType::Gauge,
                      "Heap that the server's runtime has in use.", ""},
                     CollectFigure<&Saturation::heap_used>},
    SaturationMetric{{"mcp_heap_total_bytes", MetricType::Gauge,
                      "Heap that the server's runtime has taken from the system: not what it may "
                      "take.",
                      ""},
                     CollectFigure<&Saturation::heap_total>},
    SaturationMetric{
        {"mcp_heap_limit_bytes", MetricType::Gauge, "Heap that the server's runtime may take.", ""},
        CollectFigure<&Saturation::heap_limit>},
    SaturationMetric{{"mcp_server_resident_memory_bytes", MetricType::Gauge,
                      "Resident memory of the server, as it says itself.", ""},
                     CollectFigure<&Saturation::resident>},
    SaturationMetric{
        {"mcp_saturation_ratio", MetricType::Gauge,
         "How much of a resource is in use, from 0 to 1: as the server says, or else computed "
         "from its parts (pool: total less idle, of total; heap: used of limit).",
         "resource"},
        CollectRatios},
    SaturationMetric{{"mcp_server_reported_sessions", MetricType::Gauge,
                      "Active sessions by the server's own count; ours, behind the proxy, is "
                      "mcp_active_sessions.",
                      ""},
                     CollectFigure<&Saturation::active_sessions>},
    SaturationMetric{
        {"mcp_saturation_fetch_success", MetricType::Gauge,
         "1 if the server's own figures could be fetched the last time, else 0; absent before "
         "the first time. While it is 0 the figures are absent.",
         ""},
        [](const SaturationReport& report, Samples& out) {
          if (report.fetches > 0) out.Gauge({}, report.figures ? 1 : 0);
        }},
    SaturationMetric{{"mcp_saturation_last_success_timestamp_seconds", MetricType::Gauge,
                      "When the server's own figures were last fetched, as Unix time.", ""},
                     [](const SaturationReport& report, Samples& out) {
                       if (report.last_success) out.Gauge({}, UnixSeconds(*report.last_success));
                     }},
    SaturationMetric{{"mcp_saturation_fetches_total", MetricType::Counter,
                      "Fetches of the server's own figures that have ended.", ""},
                     [](const SaturationReport& report, Samples& out) {
                       out.Counter({}, static_cast<double>(report.fetches));
                     }},
    SaturationMetric{
        {"mcp_saturation_fetch_failures_total", MetricType::Counter,
         "Fetches of the server's own figures that failed: connection_error, timeout, http_error "
         "(no 2xx), response_too_large, malformed (not in the format it claims, or in neither), "
         "no_figures (none of those that are looked for).",
         "reason"},
        CollectFailures},
};

}  // namespace

std::span<const SaturationMetric> SaturationMetrics() { return kSaturationMetrics; }

}  // namespace mcp_vitals::exporter
