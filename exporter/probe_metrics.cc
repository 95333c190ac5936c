#include <prometheus/text_serializer.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>

#include "exporter/catalogue.h"
#include "exporter/metrics.h"

namespace mcp_vitals::exporter {

namespace {

using vitals::Phase;
using vitals::ProbeResult;

double UnixSeconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// The families of one answer, all gauges.
class Gauges {
 public:
  void Add(std::string name, std::string help, double value, const Labels& labels = {}) {
    if (families_.empty() || families_.back().name != name) {
      auto& family = families_.emplace_back();
      family.name = std::move(name);
      family.help = std::move(help);
      family.type = prometheus::MetricType::Gauge;
    }
    Samples samples(constant_);
    samples.Gauge(labels, value);
    families_.back().metric.push_back(std::move(samples.Take().front()));
  }
  void Write(std::ostream& out) const { prometheus::TextSerializer().Serialize(out, families_); }

 private:
  Labels constant_;
  std::vector<prometheus::MetricFamily> families_;
};

double Spent(const ProbeResult& result, Phase phase) {
  return result.phases[static_cast<std::size_t>(phase)].value_or(vitals::Seconds{}).count();
}

// blackbox_exporter's names, where they mean the same.
void AddBlackbox(const ProbeResult& result, Gauges& out) {
  out.Add("probe_success", "1 if the probe succeeded, else 0.", result.success ? 1 : 0);
  out.Add("probe_duration_seconds", "How long the probe took.", result.duration.count());
  out.Add("probe_dns_lookup_time_seconds", "Time spent looking the name up.",
          Spent(result, Phase::kResolve));
  // Everything between the connection and the verdict is processing: requests and answers overlap.
  const double processing = Spent(result, Phase::kDiscover) + Spent(result, Phase::kInitialize) +
                            Spent(result, Phase::kListTools) + Spent(result, Phase::kCanary);
  const std::array<std::pair<const char*, double>, 4> phases = {
      {{"resolve", Spent(result, Phase::kResolve)},
       {"connect", Spent(result, Phase::kConnect)},
       {"tls", Spent(result, Phase::kTls)},
       {"processing", processing}}};
  for (const auto& [phase, seconds] : phases) {
    out.Add("probe_http_duration_seconds",
            "Time by phase; processing is all MCP exchanges, with the transfer of their answers.",
            seconds, {{"phase", phase}});
  }
  out.Add("probe_http_status_code", "Status of the last HTTP answer, 0 without one.",
          result.http_status.value_or(0));
  if (!result.http_version.empty()) {
    out.Add("probe_http_version", "HTTP version of the last answer.",
            std::atof(result.http_version.c_str()));
  }
  out.Add("probe_http_redirects", "Redirects followed.", result.redirects);
  if (!result.address.empty()) {
    out.Add("probe_ip_protocol", "4 or 6: IP version of the address used.",
            result.address.find(':') == std::string::npos ? 4 : 6);
  }
  if (result.certificate) {
    out.Add("probe_ssl_earliest_cert_expiry",
            "When the first certificate of the chain expires, as Unix time; also when it did not "
            "verify.",
            UnixSeconds(result.certificate->earliest_not_after));
  }
  if (!result.tls_version.empty()) {
    std::string version = result.tls_version;  // OpenSSL's TLSv1.3 is blackbox_exporter's TLS 1.3
    if (version.starts_with("TLSv")) version.replace(3, 1, " ");
    out.Add("probe_tls_version_info", "The TLS version used.", 1, {{"version", version}});
  }
}

void AddOurs(const ProbeResult& result, Gauges& out) {
  if (!result.success) {
    out.Add("mcp_probe_failure_info", "Why and where the probe failed: always 1.", 1,
            {{"reason", std::string(ToString(*result.reason))},
             {"phase", std::string(ToString(*result.phase))}});
  }
  for (std::size_t i = 0; i < vitals::kPhaseCount; ++i) {
    if (!result.phases[i]) continue;
    out.Add("mcp_probe_phase_duration_seconds", "Time in each phase that the probe reached.",
            result.phases[i]->count(), {{"phase", std::string(ToString(static_cast<Phase>(i)))}});
  }
  if (result.tools) {
    out.Add("mcp_probe_tools", "Tools that the server listed.", static_cast<double>(*result.tools));
    out.Add("mcp_probe_missing_tools", "Expected tools that the server did not list.",
            static_cast<double>(result.missing_tools.size()));
  }
  if (result.canary_success) {
    out.Add("mcp_probe_canary_success", "1 if the canary call gave what is expected, else 0.",
            *result.canary_success ? 1 : 0);
  }
  out.Add("mcp_probe_info", "What the probe found: always 1.", 1,
          {{"era", result.era},
           {"protocol_version", result.protocol_version},
           {"transport", result.transport},
           {"server_name", result.server_name},
           {"server_version", result.server_version},
           {"address_scope",
            result.address_scope ? std::string(ToString(*result.address_scope)) : ""}});
}

}  // namespace

void WriteProbe(const ProbeResult& result, std::ostream& out) {
  Gauges gauges;
  AddBlackbox(result, gauges);
  AddOurs(result, gauges);
  gauges.Write(out);
}

}  // namespace mcp_vitals::exporter
