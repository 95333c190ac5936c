#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

std::string_view ToString(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Histogram:
      return "histogram";
    default:
      return "gauge";
  }
}

void WriteRow(const Metric& metric, std::ostream& out) {
  out << "| `" << metric.name << "` | " << ToString(metric.type) << " | " << metric.labels << " | "
      << metric.help << " |\n";
}

template <class Row>
void WriteTable(std::span<const Row> rows, std::ostream& out) {
  out << "| metric | type | labels | meaning |\n|---|---|---|---|\n";
  for (const Row& row : rows) WriteRow(row.metric, out);
}

}  // namespace

std::vector<Metric> AllMetrics() {
  std::vector<Metric> all;
  for (const auto& row : TargetMetrics()) all.push_back(row.metric);
  for (const auto& row : LayerMetrics()) all.push_back(row.metric);
  for (const auto& row : ServerMetrics()) all.push_back(row.metric);
  for (const auto& row : SaturationMetrics()) all.push_back(row.metric);
  for (const auto& row : ScalerMetrics()) all.push_back(row.metric);
  for (const auto& row : ResultMetrics()) all.push_back(row.metric);
  for (const auto& row : ProbeMetrics()) all.push_back(row.metric);
  for (const auto& row : SelfMetrics()) all.push_back(row.metric);
  return all;
}

void WriteCatalogue(std::ostream& out) {
  out << "# Metrics\n\nWritten from the tables in `exporter/`, and compared with them by a "
         "test.\n\n"
         "A value that is not known has no sample: it is absent, never 0 (but for what "
         "blackbox_exporter gives as 0, on `/probe`); so is a label without a value. Histograms "
         "have "
         "OpenTelemetry's buckets. The `labels` of the configuration stand on every metric of "
         "`/metrics`. The values of `reason` and `phase`: [reasons](reasons.md).\n\n"
         "## Of each target: on /metrics\n\n"
         "All carry `target`, and `vantage` when one is configured.\n\n";
  WriteTable(TargetMetrics(), out);
  out << "\n## Of a probe: on /metrics and on /probe\n\n"
         "On `/metrics` these are of the last probe, and carry `target` and `vantage`. On `/probe` "
         "they are of the probe that the request made; Prometheus adds the labels.\n\n";
  WriteTable(ResultMetrics(), out);
  out << "\n## Of a probe: on /probe alone\n\n"
         "`probe_*` are those of blackbox_exporter's metrics that an MCP probe can fill, by their "
         "names and meanings.\n\n";
  WriteTable(ProbeMetrics(), out);
  out << "\n## Of each target, where there is a proxy: on /metrics\n\n"
         "All carry `target`, and `vantage` when one is configured.\n\n";
  WriteTable(LayerMetrics(), out);
  out << "\n## Of the server behind the proxy: on /metrics\n\n"
         "All carry `server`, the name in the configuration. What our own probes do is in none but "
         "`mcp_own_requests_total` and the two of connections. `method` and `mcp_method_name` are "
         "methods of the specification, or `_OTHER`; of a request that is no single message with a "
         "method, `method` is `_GET` (asks for a stream), `_DELETE` (ends a session), `_BATCH`, or "
         "`_ANSWER` (a client answers its server). `gen_ai_tool_name` is a tool that the server "
         "has "
         "listed, or `_OTHER`.\n\n";
  WriteTable(ServerMetrics(), out);
  out << "\n## Of the server, by its own word: on /metrics\n\n"
         "Where `saturation` is configured. All carry `server`, if it has a name in the "
         "configuration. What the server does not say has no sample, and after a fetch that failed "
         "nothing has.\n\n";
  WriteTable(SaturationMetrics(), out);
  out << "\n## Of the scaler: on /metrics\n\n"
         "Where `scaler` is configured. A trigger is there while KEDA asks for it, and for ten "
         "minutes after that. `trigger` is absent on the usual one of a fleet and metric; of "
         "another it is what its metadata says otherwise, like `connectionsPerPod=20`.\n\n";
  WriteTable(ScalerMetrics(), out);
  out << "\n## Of the program itself: on /metrics\n\n";
  WriteTable(SelfMetrics(), out);
}

}  // namespace mcp_vitals::exporter
