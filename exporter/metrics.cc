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

}  // namespace

void WriteMetrics(const MetricsSource& source, std::ostream& out) {
  const Labels constant(source.constant_labels.begin(), source.constant_labels.end());
  for (const TargetMetric& row : TargetMetrics()) {
    FamilyWriter writer(row.metric, out);
    Samples samples(constant);
    source.probes->ForEach(
        [&](const vitals::TargetVitals& target) {
          samples.SetTarget(target);
          row.collect(target, samples);
        },
        [&] {
          writer.Write(samples.Take());
          return out.good();
        });
    writer.Write(samples.Take());
    if (!out) return;
  }
  for (const SelfMetric& row : SelfMetrics()) {
    FamilyWriter writer(row.metric, out);
    Samples samples(constant);
    row.collect(*source.self, *source.probes, samples);
    writer.Write(samples.Take());
  }
}

Handler MetricsHandler(MetricsSource source) {
  return [source = std::move(source)](const Request&) {
    Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.stream = [&source](std::ostream& out) { WriteMetrics(source, out); };
    return response;
  };
}

}  // namespace mcp_vitals::exporter
