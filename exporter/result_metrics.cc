#include <array>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

using prometheus::MetricType;
using vitals::ProbeResult;

constexpr std::array kResultMetrics = {
    ResultMetric{{"mcp_probe_success", MetricType::Gauge, "1 if the probe succeeded, else 0.", ""},
                 [](const ProbeResult& r, Samples& out) { out.Gauge({}, r.success ? 1 : 0); }},
    ResultMetric{
        {"mcp_probe_certificate_expiry_timestamp_seconds", MetricType::Gauge,
         "When the first certificate of the chain that the server sent expires, as Unix time; also "
         "when it did not verify.",
         ""},
        [](const ProbeResult& r, Samples& out) {
          if (!r.certificate || !r.certificate->earliest_not_after) return;
          out.Gauge({}, UnixSeconds(*r.certificate->earliest_not_after));
        }},
    ResultMetric{{"mcp_probe_tools", MetricType::Gauge, "Tools that the server listed.", ""},
                 [](const ProbeResult& r, Samples& out) {
                   if (r.tools) out.Gauge({}, static_cast<double>(*r.tools));
                 }},
    ResultMetric{{"mcp_probe_missing_tools", MetricType::Gauge,
                  "Expected tools that the server did not list.", ""},
                 [](const ProbeResult& r, Samples& out) {
                   if (r.tools) out.Gauge({}, static_cast<double>(r.missing_tools.size()));
                 }},
    ResultMetric{
        {"mcp_probe_canary_success", MetricType::Gauge,
         "1 if the canary call gave what is expected, else 0; absent if it was not reached.", ""},
        [](const ProbeResult& r, Samples& out) {
          if (r.canary_success) out.Gauge({}, *r.canary_success ? 1 : 0);
        }},
    ResultMetric{
        {"mcp_probe_health_contradicts", MetricType::Gauge,
         "1 if the health endpoint is green while the probe, having reached the server, fails: the "
         "server says that it is well, and its clients are not served.",
         ""},
        [](const ProbeResult& r, Samples& out) {
          if (r.health_status) out.Gauge({}, r.health_contradicts() ? 1 : 0);
        }},
    ResultMetric{{"mcp_probe_info", MetricType::Gauge, "What the probe found: always 1.",
                  "era, protocol_version, transport, server_name, server_version, address_scope"},
                 [](const ProbeResult& r, Samples& out) {
                   const std::string scope(r.address_scope ? ToString(*r.address_scope) : "");
                   out.Gauge({{"era", r.era},
                              {"protocol_version", r.protocol_version},
                              {"transport", r.transport},
                              {"server_name", r.server_name},
                              {"server_version", r.server_version},
                              {"address_scope", scope}},
                             1);
                 }},
};

}  // namespace

std::span<const ResultMetric> ResultMetrics() { return kResultMetrics; }

}  // namespace mcp_vitals::exporter
