#include "exporter/catalogue.h"
#include "exporter/http.h"

namespace mcp_vitals::exporter {

namespace {
constexpr std::size_t kMaxLabelBytes = 128;  // of a value, which a server may have chosen
}  // namespace

void Samples::SetTarget(const vitals::TargetVitals& target) {
  subject_ = {{"target", target.target}, {"vantage", target.vantage}};
}

prometheus::ClientMetric& Samples::Append(const Labels& labels) {
  auto& sample = samples_.emplace_back();
  sample.label.reserve(constant_.size() + subject_.size() + labels.size());
  for (const Labels* part : {&constant_, &std::as_const(subject_), &labels}) {
    for (const auto& [name, value] : *part) {
      // To Prometheus an empty label and none are the same.
      if (value.empty()) continue;
      sample.label.push_back({name, CleanUtf8(value, kMaxLabelBytes)});
    }
  }
  return sample;
}

void Samples::Counter(const Labels& labels, double value) { Append(labels).counter.value = value; }

void Samples::Gauge(const Labels& labels, double value) { Append(labels).gauge.value = value; }

void Samples::Histogram(const Labels& labels, const vitals::Histogram& histogram) {
  auto& out = Append(labels).histogram;
  out.sample_count = histogram.count();
  out.sample_sum = histogram.sum();
  out.bucket.reserve(vitals::kDurationBounds.size());
  for (std::size_t i = 0; i < vitals::kDurationBounds.size(); ++i) {
    out.bucket.push_back({histogram.cumulative(i), vitals::kDurationBounds[i]});
  }
}

void Samples::Histogram(const Labels& labels, const vitals::FineHistogram& histogram,
                        std::span<const double> bounds) {
  auto& out = Append(labels).histogram;
  out.sample_count = histogram.count();
  out.sample_sum = histogram.sum();
  out.bucket.reserve(bounds.size());
  for (const double bound : bounds) out.bucket.push_back({histogram.CountUpTo(bound), bound});
}

double UnixSeconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

double UnixSeconds(std::chrono::sys_seconds time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace mcp_vitals::exporter
