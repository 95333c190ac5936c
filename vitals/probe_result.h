#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mcp_vitals::vitals {

// Why a probe failed: a closed list, each the value of the label `reason`.
enum class Reason {
  kDnsError,
  kConnectionRefused,
  kConnectionError,
  kTlsError,
  kCertificateExpired,
  kCertificateInvalid,
  kTimeout,
  kHttpError,
  kRedirectError,
  kAuthRequired,
  kRateLimited,
  kNotMcp,
  kProtocolError,
  kVersionMismatch,
  kSessionError,
  kInitError,
  kToolsMissing,
  kSchemaChanged,
  kCanaryFailed,
  kStreamCut,
  kResponseTooLarge,
  kInternal,
};
inline constexpr std::size_t kReasonCount = 22;
std::string_view ToString(Reason reason);  // "dns_error", …

// The steps of a probe, in order. `discover` and `initialize` are the two eras' handshakes.
enum class Phase { kResolve, kConnect, kTls, kDiscover, kInitialize, kListTools, kCanary, kClose };
inline constexpr std::size_t kPhaseCount = 8;
std::string_view ToString(Phase phase);  // "resolve", …

enum class AddressScope { kPublic, kPrivate, kLoopback };
std::string_view ToString(AddressScope scope);

using Seconds = std::chrono::duration<double>;

struct Certificate {
  std::optional<std::chrono::sys_seconds> not_after;           // the leaf's
  std::optional<std::chrono::sys_seconds> earliest_not_after;  // the earliest of the chain as sent
  std::string issuer;
  std::string subject;
  std::string verification;  // "" when it verified, else why not
};

enum class SchemaSeverity { kBreaking, kUnclassified, kSafe };
inline constexpr std::size_t kSchemaSeverityCount = 3;
std::string_view ToString(SchemaSeverity severity);  // "breaking", "unclassified", "safe"

// All that one probe saw. Plain data, copied between threads.
struct ProbeResult {
  std::string target;  // the name in the configuration, or the URL
  std::string url;
  bool success = false;
  std::optional<Reason> reason;  // set exactly when success is false
  std::optional<Phase> phase;    // where it failed
  std::string detail;            // one sentence for people: what was seen; never a secret
  std::string hint;              // what the operator might do about it; may be empty

  std::chrono::system_clock::time_point started;
  Seconds duration{};
  // Time spent in each phase; nothing for a phase that was not reached. A phase that came up more
  // than once (a new connection after a redirect) is the sum.
  std::array<std::optional<Seconds>, kPhaseCount> phases;

  Seconds transfer{};  // of those: reading bodies that are no event streams

  std::string era;               // "legacy", "modern"; "" until known
  std::string protocol_version;  // as agreed
  std::string transport;         // "sse", "streamable_http"
  std::string server_name, server_version;
  std::optional<std::size_t> tools;
  std::vector<std::string> missing_tools;
  std::string definitions;      // of the tools: JSON, with commas between them; kept only on demand
  std::string manifest_digest;  // hexadecimal; "" if the tools were not listed
  std::optional<SchemaSeverity> schema_change;  // against the expected manifest or the last probe
  std::optional<bool> canary_success;           // nothing when no canary is configured or reached
  std::optional<int> health_status;             // HTTP status of `health_url`; 0: no answer
  std::optional<int> http_status;               // of the last HTTP answer
  std::string http_version;                     // "1.1"
  std::optional<std::size_t> response_bytes;    // of all bodies read
  std::string tls_version;                      // "TLSv1.3"
  std::optional<Certificate> certificate;       // kept when verification fails
  std::string address;                          // the IP that was used (no port)
  std::optional<AddressScope> address_scope;
  std::string resource_metadata;  // of a 401/403: the authorization servers found
  int redirects = 0;
  std::size_t sessions_left_open = 0;  // opened by the probe, and not ended by their DELETE

  bool session_closed() const { return sessions_left_open == 0; }

  // Green health and a bad canary, or no way to one: the server says that it is well, and is not.
  bool health_contradicts() const {
    const bool green = health_status && *health_status >= 200 && *health_status < 300;
    return green && FailedAtServer();
  }

  // Failed, and neither on the way to the server nor for what the prober lacks or asks too often.
  bool FailedAtServer() const {
    if (success || !phase || *phase < Phase::kDiscover) return false;
    return reason != Reason::kAuthRequired && reason != Reason::kRateLimited &&
           reason != Reason::kInternal;
  }
};

}  // namespace mcp_vitals::vitals
