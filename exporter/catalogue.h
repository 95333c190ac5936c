#pragma once

#include <prometheus/metric_family.h>

#include <chrono>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/self_vitals.h"
#include "vitals/connection_count.h"
#include "vitals/fine_histogram.h"
#include "vitals/probe_vitals.h"
#include "vitals/saturation_vitals.h"
#include "vitals/scaler_vitals.h"
#include "vitals/server_vitals.h"

// Every metric is a row of one of these tables: what it is called, what it means, and where its
// value comes from. Writing, documentation and tests derive from them.
namespace mcp_vitals::exporter {

using Labels = std::vector<std::pair<std::string, std::string>>;

// The samples of one metric, collected target by target.
class Samples {
 public:
  explicit Samples(const Labels& constant) : constant_(constant) {}
  // The labels that every following sample carries, beside the constant ones.
  void SetTarget(const vitals::TargetVitals& target);
  void SetServer(const std::string& server) { subject_ = {{"server", server}}; }
  void Counter(const Labels& labels, double value);
  void Gauge(const Labels& labels, double value);
  void Histogram(const Labels& labels, const vitals::Histogram& histogram);
  // In these buckets, which are among kDurationBounds and kLifetimeBounds.
  void Histogram(const Labels& labels, const vitals::FineHistogram& histogram,
                 std::span<const double> bounds);
  std::vector<prometheus::ClientMetric> Take() { return std::exchange(samples_, {}); }

 private:
  prometheus::ClientMetric& Append(const Labels& labels);
  const Labels& constant_;
  Labels subject_;
  std::vector<prometheus::ClientMetric> samples_;
};

struct Metric {
  std::string_view name;
  prometheus::MetricType type;
  std::string_view help;    // one line; no backslash: the serializer does not escape it
  std::string_view labels;  // as documented, beside target and vantage, or server: "reason"
};
// A value that is not known has no sample: never 0.
struct TargetMetric {  // of all probes of a target: on /metrics
  Metric metric;
  void (*collect)(const vitals::TargetVitals&, Samples&);
};
struct ServerMetric {  // of the server, mostly as seen by the proxy: on /metrics
  Metric metric;
  void (*collect)(const vitals::ServerVitals&, Samples&);  // null: the proxy does not know
  // What others count. True when they are the ones to ask for this metric: the proxy's count then
  // gives way, so that no sum holds both.
  bool (*collect_count)(const vitals::ConnectionCount&, Samples&) = nullptr;
};
struct SaturationMetric {  // of the server, by its own word: on /metrics
  Metric metric;
  void (*collect)(const vitals::SaturationReport&, Samples&);
};
struct ScalerMetric {  // of a scaler and its fleets: on /metrics
  Metric metric;
  void (*collect)(const vitals::ScalerVitals&, Samples&);
};
struct LayerMetric {  // of a target's probes and of the server behind the proxy: on /metrics
  Metric metric;
  void (*collect)(const vitals::TargetVitals&, const vitals::ServerVitals&, Samples&);
};
struct ResultMetric {  // of one probe
  Metric metric;
  void (*collect)(const vitals::ProbeResult&, Samples&);
};
struct SelfMetric {  // of the program: on /metrics
  Metric metric;
  void (*collect)(const SelfVitals&, const vitals::ProbeVitals&, Samples&);
};

std::span<const TargetMetric> TargetMetrics();
std::span<const ServerMetric> ServerMetrics();
std::span<const LayerMetric> LayerMetrics();
std::span<const SaturationMetric> SaturationMetrics();
std::span<const ScalerMetric> ScalerMetrics();
std::span<const ResultMetric> ResultMetrics();  // on /metrics of the last probe, and on /probe
std::span<const ResultMetric> ProbeMetrics();   // on /probe alone
std::span<const SelfMetric> SelfMetrics();
std::vector<Metric> AllMetrics();

double UnixSeconds(std::chrono::system_clock::time_point time);
double UnixSeconds(std::chrono::sys_seconds time);

// docs/metrics.md, whole.
void WriteCatalogue(std::ostream& out);

}  // namespace mcp_vitals::exporter
