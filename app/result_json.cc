#include "app/result_json.h"

#include <array>
#include <ctime>

#include "app/json_out.h"

namespace mcp_vitals::app {

namespace {

using vitals::ProbeResult;

void WriteServer(const ProbeResult& result, JsonOut& out) {
  out.Key("server").Open('{');
  out.Key("name").StringOrNull(result.server_name);
  out.Key("version").StringOrNull(result.server_version);
  out.Close('}');
}

void WritePhases(const ProbeResult& result, JsonOut& out) {
  out.Key("phases").Open('{');
  for (std::size_t i = 0; i < vitals::kPhaseCount; ++i) {
    out.Key(ToString(static_cast<vitals::Phase>(i)));
    result.phases[i] ? out.Number(result.phases[i]->count()) : out.Null();
  }
  out.Close('}');
}

void WriteTime(std::string_view key, std::optional<std::chrono::sys_seconds> time, JsonOut& out) {
  out.Key(key);
  time ? out.String(Rfc3339(*time)) : out.Null();
}

void WriteCertificate(const ProbeResult& result, JsonOut& out) {
  out.Key("certificate");
  if (!result.certificate) return out.Null();
  const vitals::Certificate& certificate = *result.certificate;
  out.Open('{');
  WriteTime("not_after", certificate.not_after, out);
  WriteTime("earliest_not_after", certificate.earliest_not_after, out);
  out.Key("issuer").String(certificate.issuer);
  out.Key("subject").String(certificate.subject);
  out.Key("verification").StringOrNull(certificate.verification);
  out.Close('}');
}

template <class T>
void WriteName(std::string_view key, const std::optional<T>& value, JsonOut& out) {
  out.Key(key);
  value ? out.String(ToString(*value)) : out.Null();
}

template <class T>
void WriteCount(std::string_view key, const std::optional<T>& value, JsonOut& out) {
  out.Key(key);
  value ? out.Integer(static_cast<long long>(*value)) : out.Null();
}

void WriteStrings(std::string_view key, const std::vector<std::string>& values, JsonOut& out) {
  out.Key(key).Open('[');
  for (const std::string& value : values) out.String(value);
  out.Close(']');
}

// What was asked and how it went.
void WriteOutcome(const ProbeResult& result, JsonOut& out) {
  out.Key("target").String(result.target);
  out.Key("url").String(result.url);
  out.Key("success").Boolean(result.success);
  WriteName("reason", result.reason, out);
  WriteName("phase", result.phase, out);
  out.Key("detail").StringOrNull(result.detail);
  out.Key("hint").StringOrNull(result.hint);
  out.Key("started").String(Rfc3339(std::chrono::floor<std::chrono::seconds>(result.started)));
  out.Key("duration_seconds").Number(result.duration.count());
  WritePhases(result, out);
}

// What is known of the server as an MCP server.
void WriteMcp(const ProbeResult& result, JsonOut& out) {
  out.Key("era").StringOrNull(result.era);
  out.Key("protocol_version").StringOrNull(result.protocol_version);
  out.Key("transport").StringOrNull(result.transport);
  WriteServer(result, out);
  WriteCount("tools", result.tools, out);
  WriteStrings("missing_tools", result.missing_tools, out);
  out.Key("manifest_digest").StringOrNull(result.manifest_digest);
  WriteName("schema_change", result.schema_change, out);
  out.Key("canary_success");
  result.canary_success ? out.Boolean(*result.canary_success) : out.Null();
  WriteCount("health_status", result.health_status, out);
  out.Key("health_contradicts").Boolean(result.health_contradicts());
  out.Key("session_closed").Boolean(result.session_closed());
}

// What is known of the way there.
void WriteConnection(const ProbeResult& result, JsonOut& out) {
  WriteCount("http_status", result.http_status, out);
  out.Key("http_version").StringOrNull(result.http_version);
  WriteCount("response_bytes", result.response_bytes, out);
  out.Key("redirects").Integer(result.redirects);
  out.Key("resource_metadata").StringOrNull(result.resource_metadata);
  out.Key("tls_version").StringOrNull(result.tls_version);
  WriteCertificate(result, out);
  out.Key("address").StringOrNull(result.address);
  WriteName("address_scope", result.address_scope, out);
}

}  // namespace

std::string ResultJson(const ProbeResult& result) {
  JsonOut out;
  out.Open('{');
  WriteOutcome(result, out);
  WriteMcp(result, out);
  WriteConnection(result, out);
  out.Close('}');
  return out.Take();
}

std::string Rfc3339(std::chrono::sys_seconds time) {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> text;
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), length};
}

}  // namespace mcp_vitals::app
