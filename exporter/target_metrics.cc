#include <array>
#include <chrono>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

using prometheus::MetricType;
using vitals::TargetVitals;

constexpr std::array kTargetMetrics = {
    TargetMetric{{"mcp_probe_consecutive_failures", MetricType::Gauge,
                  "Failed probes since the last one that succeeded.", ""},
                 [](const TargetVitals& t, Samples& out) {
                   if (t.last) out.Gauge({}, t.consecutive_failures);
                 }},
    TargetMetric{{"mcp_probes_total", MetricType::Counter, "Probes that have ended.", ""},
                 [](const TargetVitals& t, Samples& out) {
                   out.Counter({}, static_cast<double>(t.probes));
                 }},
    TargetMetric{{"mcp_probe_failures_total", MetricType::Counter,
                  "Probes that have failed, by the reason.", "reason"},
                 [](const TargetVitals& t, Samples& out) {
                   for (std::size_t i = 0; i < vitals::kReasonCount; ++i) {
                     const auto reason = ToString(static_cast<vitals::Reason>(i));
                     out.Counter({{"reason", std::string(reason)}},
                                 static_cast<double>(t.failures[i]));
                   }
                 }},
    TargetMetric{
        {"mcp_probe_duration_seconds", MetricType::Histogram,
         "Time of a probe in each phase that it reached, and in total (without the phase close).",
         "phase"},
        [](const TargetVitals& t, Samples& out) {
          for (std::size_t i = 0; i < vitals::kPhaseCount; ++i) {
            if (!t.phases[i]) continue;
            const auto phase = ToString(static_cast<vitals::Phase>(i));
            out.Histogram({{"phase", std::string(phase)}}, *t.phases[i]);
          }
          out.Histogram({{"phase", "total"}}, t.total);
        }},
    TargetMetric{{"mcp_probe_last_success_timestamp_seconds", MetricType::Gauge,
                  "When the last successful probe ended, as Unix time.", ""},
                 [](const TargetVitals& t, Samples& out) {
                   if (t.last_success) out.Gauge({}, UnixSeconds(*t.last_success));
                 }},
    TargetMetric{
        {"mcp_probe_schema_changes_total", MetricType::Counter,
         "Probes that found the tools changed: breaking (a tool is gone), unclassified (a "
         "definition changed) or safe (only new tools). Without a manifest, each change since the "
         "probe before is unclassified.",
         "severity"},
        [](const TargetVitals& t, Samples& out) {
          for (std::size_t i = 0; i < vitals::kSchemaSeverityCount; ++i) {
            const auto severity = ToString(static_cast<vitals::SchemaSeverity>(i));
            out.Counter({{"severity", std::string(severity)}},
                        static_cast<double>(t.schema_changes[i]));
          }
        }},
    TargetMetric{
        {"mcp_probe_sessions_left_open_total", MetricType::Counter,
         "Sessions that probes opened and could not delete in time. One whose id never came is not "
         "known of, and not counted.",
         ""},
        [](const TargetVitals& t, Samples& out) {
          out.Counter({}, static_cast<double>(t.sessions_left_open));
        }},
};

}  // namespace

std::span<const TargetMetric> TargetMetrics() { return kTargetMetrics; }

}  // namespace mcp_vitals::exporter
