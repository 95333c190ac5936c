#include "vitals/probe_result.h"

namespace mcp_vitals::vitals {
namespace {

// Each in the order of its enum.
constexpr std::array<std::string_view, kReasonCount> kReasons = {
    "dns_error",      "connection_refused",  "connection_error",
    "tls_error",      "certificate_expired", "certificate_invalid",
    "timeout",        "http_error",          "redirect_error",
    "auth_required",  "rate_limited",        "not_mcp",
    "protocol_error", "version_mismatch",    "session_error",
    "init_error",     "tools_missing",       "schema_changed",
    "canary_failed",  "stream_cut",          "response_too_large",
    "internal"};
constexpr std::array<std::string_view, kPhaseCount> kPhases = {
    "resolve", "connect", "tls", "discover", "initialize", "list_tools", "canary", "close"};
constexpr std::array<std::string_view, 3> kScopes = {"public", "private", "loopback"};
constexpr std::array<std::string_view, kSchemaSeverityCount> kSeverities = {"breaking",
                                                                            "unclassified", "safe"};

static_assert(static_cast<std::size_t>(Reason::kInternal) + 1 == kReasonCount);
static_assert(static_cast<std::size_t>(Phase::kClose) + 1 == kPhaseCount);
static_assert(static_cast<std::size_t>(SchemaSeverity::kSafe) + 1 == kSchemaSeverityCount);

}  // namespace

std::string_view ToString(Reason reason) { return kReasons[static_cast<std::size_t>(reason)]; }
std::string_view ToString(Phase phase) { return kPhases[static_cast<std::size_t>(phase)]; }
std::string_view ToString(AddressScope scope) { return kScopes[static_cast<std::size_t>(scope)]; }
std::string_view ToString(SchemaSeverity severity) {
  return kSeverities[static_cast<std::size_t>(severity)];
}

}  // namespace mcp_vitals::vitals
