#include <array>
#include <chrono>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

using prometheus::MetricType;
using vitals::TargetVitals;

double UnixSeconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

constexpr std::array kTargetMetrics = {
    TargetMetric{{"mcp_probe_success", MetricType::Gauge,
                  "1 if the last probe of the target succeeded, else 0.", ""},
                 [](const TargetVitals& t, Samples& out) {
                   if (t.last) out.Gauge({}, t.last->success ? 1 : 0);
                 }},
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
    TargetMetric{{"mcp_probe_certificate_expiry_timestamp_seconds", MetricType::Gauge,
                  "When the first certificate of the chain that the server sent expires, as Unix "
                  "time; also when it did not verify.",
                  ""},
                 [](const TargetVitals& t, Samples& out) {
                   if (!t.last || !t.last->certificate) return;
                   out.Gauge({}, UnixSeconds(t.last->certificate->earliest_not_after));
                 }},
    TargetMetric{{"mcp_probe_tools", MetricType::Gauge,
                  "Tools that the server listed in the last probe.", ""},
                 [](const TargetVitals& t, Samples& out) {
                   if (t.last && t.last->tools) out.Gauge({}, static_cast<double>(*t.last->tools));
                 }},
    TargetMetric{{"mcp_probe_missing_tools", MetricType::Gauge,
                  "Expected tools that the server did not list in the last probe.", ""},
                 [](const TargetVitals& t, Samples& out) {
                   if (!t.last || !t.last->tools) return;
                   out.Gauge({}, static_cast<double>(t.last->missing_tools.size()));
                 }},
    TargetMetric{{"mcp_probe_schema_changes_total", MetricType::Counter,
                  "Probes that found the tools changed: breaking (a tool is gone), unclassified (a "
                  "definition changed) or safe (only new tools).",
                  "severity"},
                 [](const TargetVitals& t, Samples& out) {
                   for (std::size_t i = 0; i < vitals::kSchemaSeverityCount; ++i) {
                     const auto severity = ToString(static_cast<vitals::SchemaSeverity>(i));
                     out.Counter({{"severity", std::string(severity)}},
                                 static_cast<double>(t.schema_changes[i]));
                   }
                 }},
    TargetMetric{{"mcp_probe_canary_success", MetricType::Gauge,
                  "1 if the canary call of the last probe gave what is expected, else 0; absent if "
                  "it was not reached.",
                  ""},
                 [](const TargetVitals& t, Samples& out) {
                   if (t.last && t.last->canary_success)
                     out.Gauge({}, *t.last->canary_success ? 1 : 0);
                 }},
    TargetMetric{{"mcp_probe_health_contradicts", MetricType::Gauge,
                  "1 if the health endpoint is green while the canary fails: the server says that "
                  "it is well, and it is not.",
                  ""},
                 [](const TargetVitals& t, Samples& out) {
                   if (t.last && t.last->health_status)
                     out.Gauge({}, t.last->health_contradicts() ? 1 : 0);
                 }},
    TargetMetric{{"mcp_probe_sessions_left_open_total", MetricType::Counter,
                  "Sessions that probes opened and the server did not let them delete.", ""},
                 [](const TargetVitals& t, Samples& out) {
                   out.Counter({}, static_cast<double>(t.sessions_left_open));
                 }},
    TargetMetric{{"mcp_probe_info", MetricType::Gauge, "What the last probe found: always 1.",
                  "era, protocol_version, transport, server_name, server_version, address_scope"},
                 [](const TargetVitals& t, Samples& out) {
                   if (!t.last) return;
                   const vitals::ProbeResult& last = *t.last;
                   const std::string scope(last.address_scope ? ToString(*last.address_scope) : "");
                   out.Gauge({{"era", last.era},
                              {"protocol_version", last.protocol_version},
                              {"transport", last.transport},
                              {"server_name", last.server_name},
                              {"server_version", last.server_version},
                              {"address_scope", scope}},
                             1);
                 }},
};

}  // namespace

std::span<const TargetMetric> TargetMetrics() { return kTargetMetrics; }

}  // namespace mcp_vitals::exporter
