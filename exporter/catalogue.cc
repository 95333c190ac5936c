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

constexpr std::string_view kTableHead = "| metric | type | labels | meaning |\n|---|---|---|---|\n";

}  // namespace

void WriteCatalogue(std::ostream& out) {
  out << "# Metrics\n\nOn `/metrics`. Written from the tables in `exporter/`, and compared with "
         "them by a test.\n\n"
         "A value that is not known has no sample: it is absent, never 0. Histograms have "
         "OpenTelemetry's buckets. The `labels` of the configuration stand on every metric.\n\n"
         "## Of each target\n\n"
         "All carry `target` and `vantage` (empty when none is configured).\n\n"
      << kTableHead;
  for (const TargetMetric& row : TargetMetrics()) WriteRow(row.metric, out);
  out << "\n## Of the program itself\n\n" << kTableHead;
  for (const SelfMetric& row : SelfMetrics()) WriteRow(row.metric, out);
  out << "\nThe values of `reason` and `phase`: [reasons](reasons.md).\n";
}

}  // namespace mcp_vitals::exporter
