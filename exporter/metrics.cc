#include "exporter/metrics.h"

#include <prometheus/text_serializer.h>

#include <sstream>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

// One family, written in as many parts as it takes; its HELP and TYPE lines stand once, before the
// first sample.
class FamilyWriter {
 public:
  FamilyWriter(const Metric& metric, std::ostream& out) : out_(out) {
    family_.resize(1);
    family_[0].name = metric.name;
    family_[0].help = metric.help;
    family_[0].type = metric.type;
  }

  void Write(std::vector<prometheus::ClientMetric> samples) {
    if (samples.empty()) return;
    family_[0].metric = std::move(samples);
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, family_);
    std::string_view lines = text.view();
    if (begun_) lines.remove_prefix(lines.find('\n') + 1);  // TYPE again
    out_ << lines;
    begun_ = true;
    family_[0].help.clear();
  }

 private:
  std::ostream& out_;
  std::vector<prometheus::MetricFamily> family_;  // one: what the serializer takes
  bool begun_ = false;
};

// One metric of every target, `collect`ed a few targets at a time. False when the client is gone.
template <class Collect>
bool WriteTargets(const MetricsSource& source, const Labels& constant, const Metric& metric,
                  std::ostream& out, Collect collect) {
  FamilyWriter writer(metric, out);
  Samples samples(constant);
  source.probes->ForEach(
      [&](const vitals::TargetVitals& target) {
        samples.SetTarget(target);
        collect(target, samples);
      },
      [&] {
        writer.Write(samples.Take());
        return out.good();
      });
  return out.good();
}

// What probes and the proxy know together of each target. False when the client is gone.
bool WriteLayers(const MetricsSource& source, const Labels& constant, std::ostream& out) {
  if (source.behind == nullptr) return out.good();
  for (const LayerMetric& row : LayerMetrics()) {
    const auto collect = [&](const vitals::TargetVitals& target, Samples& samples) {
      row.collect(target, *source.behind, samples);
    };
    if (!WriteTargets(source, constant, row.metric, out, collect)) return false;
  }
  return out.good();
}

// One metric of the server.
template <class Collect>
void WriteOfServer(const MetricsSource& source, const Labels& constant, const Metric& metric,
                   std::ostream& out, Collect collect) {
  FamilyWriter writer(metric, out);
  Samples samples(constant);
  samples.SetServer(source.server);
  collect(samples);
  writer.Write(samples.Take());
}

// All that the proxy, the server itself and the kernel know of the server.
void WriteServer(const MetricsSource& source, const Labels& constant, std::ostream& out) {
  for (const ServerMetric& row : ServerMetrics()) {
    WriteOfServer(source, constant, row.metric, out, [&](Samples& samples) {
      if (row.collect_count != nullptr && row.collect_count(source.connections, samples)) return;
      if (row.collect != nullptr && source.behind) row.collect(*source.behind, samples);
    });
  }
  if (!source.saturation) return;
  for (const SaturationMetric& row : SaturationMetrics()) {
    WriteOfServer(source, constant, row.metric, out,
                  [&](Samples& samples) { row.collect(*source.saturation, samples); });
  }
}

void WriteScaler(const vitals::ScalerVitals& scaler, const Labels& constant, std::ostream& out) {
  for (const ScalerMetric& row : ScalerMetrics()) {
    FamilyWriter writer(row.metric, out);
    Samples samples(constant);
    row.collect(scaler, samples);
    writer.Write(samples.Take());
  }
}

}  // namespace

void WriteMetrics(const MetricsSource& source, std::ostream& out) {
  const Labels constant(source.constant_labels.begin(), source.constant_labels.end());
  for (const ResultMetric& row : ResultMetrics()) {
    const auto collect = [&row](const vitals::TargetVitals& target, Samples& samples) {
      if (target.last) row.collect(*target.last, samples);
    };
    if (!WriteTargets(source, constant, row.metric, out, collect)) return;
  }
  for (const TargetMetric& row : TargetMetrics()) {
    if (!WriteTargets(source, constant, row.metric, out, row.collect)) return;
  }
  if (!WriteLayers(source, constant, out)) return;
  WriteServer(source, constant, out);
  if (source.scaler) WriteScaler(*source.scaler, constant, out);
  for (const SelfMetric& row : SelfMetrics()) {
    FamilyWriter writer(row.metric, out);
    Samples samples(constant);
    row.collect(*source.self, *source.probes, samples);
    writer.Write(samples.Take());
  }
}

void WriteProbe(const vitals::ProbeResult& result, std::ostream& out) {
  const Labels none;
  for (const auto rows : {ProbeMetrics(), ResultMetrics()}) {
    for (const ResultMetric& row : rows) {
      FamilyWriter writer(row.metric, out);
      Samples samples(none);
      row.collect(result, samples);
      writer.Write(samples.Take());
    }
  }
}

}  // namespace mcp_vitals::exporter
