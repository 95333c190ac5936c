#include "vitals/probe_result.h"

#include <gmock/gmock.h>

#include <set>

namespace mcp_vitals::vitals {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Names(std::size_t count, auto name_of) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.emplace_back(name_of(i));
  return names;
}

// The closed lists are a contract: alerts and dashboards name their members.
TEST(ProbeResultTest, NamesEachReasonAsTheContractDoes) {
  EXPECT_THAT(Names(kReasonCount, [](auto i) { return ToString(static_cast<Reason>(i)); }),
              ElementsAre("dns_error", "connection_refused", "connection_error", "tls_error",
                          "certificate_expired", "certificate_invalid", "timeout", "http_error",
                          "redirect_error", "auth_required", "rate_limited", "not_mcp",
                          "protocol_error", "version_mismatch", "session_error", "init_error",
                          "tools_missing", "schema_changed", "canary_failed", "stream_cut",
                          "response_too_large", "internal"));
}

TEST(ProbeResultTest, NamesEachPhaseInTheOrderOfAProbe) {
  EXPECT_THAT(Names(kPhaseCount, [](auto i) { return ToString(static_cast<Phase>(i)); }),
              ElementsAre("resolve", "connect", "tls", "discover", "initialize", "list_tools",
                          "canary", "close"));
}

TEST(ProbeResultTest, NamesScopesAndSeverities) {
  EXPECT_THAT(Names(3, [](auto i) { return ToString(static_cast<AddressScope>(i)); }),
              ElementsAre("public", "private", "loopback"));
  EXPECT_THAT(
      Names(kSchemaSeverityCount, [](auto i) { return ToString(static_cast<SchemaSeverity>(i)); }),
      ElementsAre("breaking", "unclassified", "safe"));
}

TEST(ProbeResultTest, SaysThatHealthContradictsOnlyWhenHealthIsGreenAndTheServerServesNobody) {
  ProbeResult result;
  result.success = true;
  EXPECT_FALSE(result.health_contradicts());
  result.health_status = 200;
  EXPECT_FALSE(result.health_contradicts());
  result.success = false;
  for (const Phase phase : {Phase::kDiscover, Phase::kInitialize, Phase::kCanary}) {
    result.phase = phase;
    for (const Reason reason : {Reason::kHttpError, Reason::kTimeout, Reason::kCanaryFailed}) {
      result.reason = reason;
      EXPECT_TRUE(result.health_contradicts()) << ToString(phase) << ToString(reason);
    }
    for (const Reason reason : {Reason::kAuthRequired, Reason::kRateLimited, Reason::kInternal}) {
      result.reason = reason;
      EXPECT_FALSE(result.health_contradicts()) << "not the server's fault: " << ToString(reason);
    }
  }
  result.reason = Reason::kTimeout;
  for (const Phase phase : {Phase::kResolve, Phase::kConnect, Phase::kTls}) {
    result.phase = phase;
    EXPECT_FALSE(result.health_contradicts()) << "the way there failed: " << ToString(phase);
  }
  result.phase = Phase::kCanary;
  EXPECT_TRUE(result.health_contradicts());
  for (const int status : {0, 199, 300, 503}) {
    result.health_status = status;
    EXPECT_FALSE(result.health_contradicts()) << status;
  }
}

}  // namespace
}  // namespace mcp_vitals::vitals
