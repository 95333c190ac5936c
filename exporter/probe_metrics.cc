#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

using prometheus::MetricType;
using vitals::Phase;
using vitals::ProbeResult;

double Spent(const ProbeResult& result, Phase phase) {
  return result.phases[static_cast<std::size_t>(phase)].value_or(vitals::Seconds{}).count();
}

void CollectHttpDuration(const ProbeResult& r, Samples& out) {
  const double processing = Spent(r, Phase::kDiscover) + Spent(r, Phase::kInitialize) +
                            Spent(r, Phase::kListTools) + Spent(r, Phase::kCanary);
  out.Gauge({{"phase", "resolve"}}, Spent(r, Phase::kResolve));
  out.Gauge({{"phase", "connect"}}, Spent(r, Phase::kConnect));
  out.Gauge({{"phase", "tls"}}, Spent(r, Phase::kTls));
  // A phase that a dial ended may have been dropped, and not the transfer before it.
  out.Gauge({{"phase", "processing"}}, std::max(0.0, processing - r.transfer.count()));
  out.Gauge({{"phase", "transfer"}}, r.transfer.count());
}

void CollectHttpVersion(const ProbeResult& r, Samples& out) {
  double version = 0;
  const char* end = r.http_version.data() + r.http_version.size();
  static_cast<void>(std::from_chars(r.http_version.data(), end, version));
  out.Gauge({}, version);
}

// FNV-1a of the address' bytes, by which blackbox_exporter lets a changed address be seen.
void CollectAddressHash(const ProbeResult& r, Samples& out) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(r.address, error);
  if (error) return;
  std::uint32_t hash = 2166136261;
  const auto add = [&hash](const auto& bytes) {
    for (const unsigned char byte : bytes) hash = (hash ^ byte) * 16777619;
  };
  address.is_v4() ? add(address.to_v4().to_bytes()) : add(address.to_v6().to_bytes());
  out.Gauge({}, hash);
}

// OpenSSL's "TLSv1.3" is blackbox_exporter's "TLS 1.3".
void CollectTlsVersion(const ProbeResult& r, Samples& out) {
  std::string version = r.tls_version;
  if (version.starts_with("TLSv")) version.replace(3, 1, " ");
  if (!version.empty()) out.Gauge({{"version", version}}, 1);
}

void CollectFailure(const ProbeResult& r, Samples& out) {
  if (r.success || !r.reason) return;
  out.Gauge({{"reason", std::string(ToString(*r.reason))},
             {"phase", std::string(r.phase ? ToString(*r.phase) : "")}},
            1);
}

void CollectPhases(const ProbeResult& r, Samples& out) {
  for (std::size_t i = 0; i < vitals::kPhaseCount; ++i) {
    if (!r.phases[i]) continue;
    const auto phase = ToString(static_cast<Phase>(i));
    out.Gauge({{"phase", std::string(phase)}}, r.phases[i]->count());
  }
}

constexpr std::array kProbeMetrics = {
    ResultMetric{{"probe_success", MetricType::Gauge, "1 if the probe succeeded, else 0.", ""},
                 [](const ProbeResult& r, Samples& out) { out.Gauge({}, r.success ? 1 : 0); }},
    ResultMetric{{"probe_duration_seconds", MetricType::Gauge, "How long the probe took.", ""},
                 [](const ProbeResult& r, Samples& out) { out.Gauge({}, r.duration.count()); }},
    ResultMetric{
        {"probe_dns_lookup_time_seconds", MetricType::Gauge, "Time spent looking the name up.", ""},
        [](const ProbeResult& r, Samples& out) { out.Gauge({}, Spent(r, Phase::kResolve)); }},
    ResultMetric{
        {"probe_http_duration_seconds", MetricType::Gauge,
         "Time by phase: resolve, connect, tls, processing, which is all MCP exchanges to their "
         "answers' heads, or to the answer on an event stream, and transfer, the bodies.",
         "phase"},
        CollectHttpDuration},
    ResultMetric{
        {"probe_http_status_code", MetricType::Gauge,
         "Status of the last HTTP answer, 0 without one.", ""},
        [](const ProbeResult& r, Samples& out) { out.Gauge({}, r.http_status.value_or(0)); }},
    ResultMetric{{"probe_http_version", MetricType::Gauge,
                  "HTTP version of the last answer, 0 without one.", ""},
                 CollectHttpVersion},
    ResultMetric{
        {"probe_http_ssl", MetricType::Gauge, "1 if the last connection had TLS, else 0.", ""},
        [](const ProbeResult& r, Samples& out) { out.Gauge({}, r.tls_version.empty() ? 0 : 1); }},
    ResultMetric{{"probe_http_redirects", MetricType::Gauge, "Redirects followed.", ""},
                 [](const ProbeResult& r, Samples& out) { out.Gauge({}, r.redirects); }},
    ResultMetric{{"probe_ip_protocol", MetricType::Gauge,
                  "IP version of the address that was used: 4 or 6.", ""},
                 [](const ProbeResult& r, Samples& out) {
                   if (r.address.empty()) return;
                   out.Gauge({}, r.address.find(':') == std::string::npos ? 4 : 6);
                 }},
    ResultMetric{{"probe_ip_addr_hash", MetricType::Gauge,
                  "A hash of the address that was used: it changes when the address does.", ""},
                 CollectAddressHash},
    ResultMetric{
        {"probe_ssl_earliest_cert_expiry", MetricType::Gauge,
         "When the first certificate of the chain expires, as Unix time; also when it did not "
         "verify.",
         ""},
        [](const ProbeResult& r, Samples& out) {
          if (!r.certificate || !r.certificate->earliest_not_after) return;
          out.Gauge({}, UnixSeconds(*r.certificate->earliest_not_after));
        }},
    ResultMetric{
        {"probe_tls_version_info", MetricType::Gauge, "The TLS version used: always 1.", "version"},
        CollectTlsVersion},
    ResultMetric{
        {"mcp_probe_failure_info", MetricType::Gauge,
         "Why and where the probe failed: always 1; absent when it succeeded.", "reason, phase"},
        CollectFailure},
    ResultMetric{{"mcp_probe_phase_duration_seconds", MetricType::Gauge,
                  "Time in each phase that the probe reached.", "phase"},
                 CollectPhases},
    ResultMetric{
        {"mcp_probe_session_left_open", MetricType::Gauge,
         "1 if the probe opened a session that could not be deleted in time, else 0.", ""},
        [](const ProbeResult& r, Samples& out) { out.Gauge({}, r.session_closed() ? 0 : 1); }},
};

}  // namespace

std::span<const ResultMetric> ProbeMetrics() { return kProbeMetrics; }

}  // namespace mcp_vitals::exporter
