#pragma once

#include <chrono>

#include "vitals/probe_result.h"

// Probe results as they come, for what is written from them.
namespace mcp_vitals::app {

inline vitals::ProbeResult Healthy() {
  vitals::ProbeResult result;
  result.target = "public";
  result.url = "https://mcp.example.com/mcp";
  result.success = true;
  result.started = std::chrono::system_clock::from_time_t(1'795'255'200);  // 2026-11-21T10:00:00Z
  result.duration = vitals::Seconds(0.04);
  result.phases = {
      vitals::Seconds(0.002), vitals::Seconds(0.008), vitals::Seconds(0.01),  vitals::Seconds(0.01),
      std::nullopt,           vitals::Seconds(0.006), vitals::Seconds(0.004), std::nullopt};
  result.era = "modern";
  result.protocol_version = "2026-07-28";
  result.transport = "streamable_http";
  result.server_name = "everything";
  result.server_version = "2.0.0";
  result.tools = 13;
  result.manifest_digest = "405a93810136965c602afe9973635d09";
  result.canary_success = true;
  result.http_status = 200;
  result.http_version = "1.1";
  result.response_bytes = 730;
  result.tls_version = "TLSv1.3";
  vitals::Certificate certificate;
  certificate.not_after =
      std::chrono::floor<std::chrono::seconds>(result.started) + std::chrono::hours(24 * 41 + 5);
  certificate.earliest_not_after = certificate.not_after;
  certificate.issuer = "CN=Example CA";
  certificate.subject = "CN=mcp.example.com";
  result.certificate = certificate;
  result.address = "203.0.113.7";
  result.address_scope = vitals::AddressScope::kPublic;
  return result;
}

// A healthy one that ended in `phase`: nothing is known of what comes after.
inline vitals::ProbeResult Failed(vitals::Reason reason, vitals::Phase phase) {
  vitals::ProbeResult result = Healthy();
  result.success = false;
  result.reason = reason;
  result.phase = phase;
  result.detail = "what was seen";
  result.hint = "What to do about it.";
  for (auto i = static_cast<std::size_t>(phase) + 1; i < vitals::kPhaseCount; ++i) {
    result.phases[i].reset();
  }
  if (phase > vitals::Phase::kTls) return result;
  vitals::ProbeResult early;
  early.target = result.target;
  early.url = result.url;
  early.started = result.started;
  early.duration = result.duration;
  early.phases = result.phases;
  early.reason = reason;
  early.phase = phase;
  early.detail = result.detail;
  early.hint = result.hint;
  early.address = phase > vitals::Phase::kResolve ? result.address : "";
  return early;
}

}  // namespace mcp_vitals::app
