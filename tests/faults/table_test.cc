#include "tests/faults/table.h"

#include <gtest/gtest.h>

#include "tests/faults/examine.h"
#include "tests/faults/fault.h"

// Every step of every dialect × every way to go wrong (named in fault.h): what a probe says of it.
// The rest of the server is well. Until a server has spoken MCP, nonsense means that there is none
// ("not_mcp"); afterwards it breaks the protocol.

namespace mcp_vitals::faults {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kModernJson = R"(
                discover            list_tools          canary
  refuse        http_error          http_error          http_error
  error         init_error          protocol_error      canary_failed
  lost          http_error          http_error          http_error
  unauthorized  auth_required       auth_required       auth_required
  forbidden     auth_required       auth_required       auth_required
  limited       rate_limited        rate_limited        rate_limited
  redirect      redirect_error      redirect_error      redirect_error
  hang          timeout             timeout             timeout
  close         connection_error    connection_error    connection_error
  reset         connection_error    connection_error    connection_error
  garbage       not_mcp             protocol_error      protocol_error
  nonsense      not_mcp             protocol_error      protocol_error
  endless_head  response_too_large  response_too_large  response_too_large
  endless_body  response_too_large  response_too_large  response_too_large
  stall         timeout             timeout             timeout
  cut           stream_cut          stream_cut          stream_cut
  torn          connection_error    connection_error    connection_error
  empty         not_mcp             protocol_error      protocol_error
  other_id      protocol_error      protocol_error      protocol_error
  no_result     protocol_error      protocol_error      protocol_error
  mistyped      protocol_error      protocol_error      protocol_error
  html          not_mcp             protocol_error      protocol_error
)";

// On an event stream answers to others are passed over.
constexpr std::string_view kModernSse = R"(
                discover            list_tools          canary
  refuse        http_error          http_error          http_error
  error         init_error          protocol_error      canary_failed
  lost          http_error          http_error          http_error
  unauthorized  auth_required       auth_required       auth_required
  forbidden     auth_required       auth_required       auth_required
  limited       rate_limited        rate_limited        rate_limited
  redirect      redirect_error      redirect_error      redirect_error
  hang          timeout             timeout             timeout
  close         connection_error    connection_error    connection_error
  reset         connection_error    connection_error    connection_error
  garbage       not_mcp             protocol_error      protocol_error
  nonsense      not_mcp             protocol_error      protocol_error
  endless_head  response_too_large  response_too_large  response_too_large
  endless_body  response_too_large  response_too_large  response_too_large
  stall         timeout             timeout             timeout
  cut           stream_cut          stream_cut          stream_cut
  torn          stream_cut          stream_cut          stream_cut
  empty         stream_cut          stream_cut          stream_cut
  other_id      stream_cut          stream_cut          stream_cut
  no_result     protocol_error      protocol_error      protocol_error
  mistyped      protocol_error      protocol_error      protocol_error
  html          not_mcp             protocol_error      protocol_error
)";

// A session's DELETE that fails is not the probe's failure; any 200 closes the session.
constexpr std::string_view kLegacyJson = R"(
                initialize          initialized         list_tools          canary              close
  refuse        http_error          http_error          http_error          http_error          open
  error         init_error          session_error       protocol_error      canary_failed       open
  lost          http_error          session_error       session_error       session_error       ok
  unauthorized  auth_required       auth_required       auth_required       auth_required       open
  forbidden     auth_required       auth_required       auth_required       auth_required       open
  limited       rate_limited        rate_limited        rate_limited        rate_limited        open
  redirect      redirect_error      redirect_error      redirect_error      redirect_error      open
  hang          timeout             timeout             timeout             timeout             open
  close         connection_error    connection_error    connection_error    connection_error    open
  reset         connection_error    connection_error    connection_error    connection_error    open
  garbage       not_mcp             protocol_error      protocol_error      protocol_error      open
  nonsense      not_mcp             ok                  protocol_error      protocol_error      ok
  endless_head  response_too_large  response_too_large  response_too_large  response_too_large  open
  endless_body  response_too_large  ok                  response_too_large  response_too_large  ok
  stall         timeout             ok                  timeout             timeout             ok
  cut           stream_cut          ok                  stream_cut          stream_cut          ok
  torn          connection_error    ok                  connection_error    connection_error    ok
  empty         not_mcp             ok                  protocol_error      protocol_error      ok
  other_id      protocol_error      -                   protocol_error      protocol_error      -
  no_result     protocol_error      -                   protocol_error      protocol_error      -
  mistyped      protocol_error      -                   protocol_error      protocol_error      -
  html          not_mcp             ok                  protocol_error      protocol_error      -
)";

constexpr std::string_view kLegacySse = R"(
                initialize          initialized         list_tools          canary              close
  refuse        http_error          http_error          http_error          http_error          open
  error         init_error          session_error       protocol_error      canary_failed       open
  lost          http_error          session_error       session_error       session_error       ok
  unauthorized  auth_required       auth_required       auth_required       auth_required       open
  forbidden     auth_required       auth_required       auth_required       auth_required       open
  limited       rate_limited        rate_limited        rate_limited        rate_limited        open
  redirect      redirect_error      redirect_error      redirect_error      redirect_error      open
  hang          timeout             timeout             timeout             timeout             open
  close         connection_error    connection_error    connection_error    connection_error    open
  reset         connection_error    connection_error    connection_error    connection_error    open
  garbage       not_mcp             protocol_error      protocol_error      protocol_error      open
  nonsense      not_mcp             ok                  protocol_error      protocol_error      ok
  endless_head  response_too_large  response_too_large  response_too_large  response_too_large  open
  endless_body  response_too_large  ok                  response_too_large  response_too_large  ok
  stall         timeout             ok                  timeout             timeout             ok
  cut           stream_cut          ok                  stream_cut          stream_cut          ok
  torn          stream_cut          ok                  stream_cut          stream_cut          ok
  empty         stream_cut          ok                  stream_cut          stream_cut          ok
  other_id      stream_cut          -                   stream_cut          stream_cut          -
  no_result     protocol_error      -                   protocol_error      protocol_error      -
  mistyped      protocol_error      -                   protocol_error      protocol_error      -
  html          not_mcp             ok                  protocol_error      protocol_error      -
)";

// The messages come on the stream of the GET, which stays open: who never answers there, or to
// others only, is waited for. The end of the stream is the end of the session.
constexpr std::string_view kHttpSse = R"(
                stream              initialize          initialized         list_tools          canary
  refuse        http_error          http_error          http_error          http_error          http_error
  error         http_error          init_error          session_error       protocol_error      canary_failed
  lost          http_error          session_error       session_error       session_error       session_error
  unauthorized  auth_required       auth_required       auth_required       auth_required       auth_required
  forbidden     auth_required       auth_required       auth_required       auth_required       auth_required
  limited       rate_limited        rate_limited        rate_limited        rate_limited        rate_limited
  redirect      redirect_error      redirect_error      redirect_error      redirect_error      redirect_error
  hang          timeout             timeout             timeout             timeout             timeout
  close         connection_error    connection_error    connection_error    connection_error    connection_error
  reset         connection_error    connection_error    connection_error    connection_error    connection_error
  garbage       not_mcp             protocol_error      protocol_error      protocol_error      protocol_error
  nonsense      protocol_error      protocol_error      ok                  protocol_error      protocol_error
  endless_head  response_too_large  response_too_large  response_too_large  response_too_large  response_too_large
  endless_body  response_too_large  response_too_large  ok                  response_too_large  response_too_large
  stall         timeout             timeout             ok                  timeout             timeout
  cut           stream_cut          stream_cut          ok                  stream_cut          stream_cut
  torn          stream_cut          -                   ok                  -                   -
  empty         stream_cut          stream_cut          ok                  stream_cut          stream_cut
  other_id      -                   timeout             -                   timeout             timeout
  no_result     -                   protocol_error      -                   protocol_error      protocol_error
  mistyped      not_mcp             -                   -                   -                   -
  html          not_mcp             timeout             ok                  timeout             timeout
)";

// The dialect is to be found out. What may be an older server's manner towards server/discover
// leads on to initialize; where that fails too, since the server is modern, discover's failure
// counts.
constexpr std::string_view kDetectModern = R"(
                discover            list_tools
  refuse        http_error          http_error
  error         init_error          protocol_error
  lost          http_error          http_error
  unauthorized  auth_required       auth_required
  forbidden     auth_required       auth_required
  limited       rate_limited        rate_limited
  redirect      redirect_error      redirect_error
  hang          timeout             timeout
  close         connection_error    connection_error
  reset         connection_error    connection_error
  garbage       not_mcp             protocol_error
  nonsense      not_mcp             protocol_error
  endless_head  response_too_large  response_too_large
  endless_body  response_too_large  response_too_large
  stall         timeout             timeout
  cut           stream_cut          stream_cut
  torn          connection_error    connection_error
  empty         not_mcp             protocol_error
  other_id      protocol_error      protocol_error
  no_result     protocol_error      protocol_error
  mistyped      protocol_error      protocol_error
  html          not_mcp             protocol_error
)";

constexpr std::string_view kDetectLegacy = R"(
                discover            initialize
  refuse        ok                  http_error
  error         ok                  init_error
  lost          ok                  http_error
  unauthorized  auth_required       auth_required
  forbidden     auth_required       auth_required
  limited       rate_limited        rate_limited
  redirect      redirect_error      redirect_error
  hang          ok                  timeout
  close         ok                  connection_error
  reset         ok                  connection_error
  garbage       ok                  not_mcp
  nonsense      ok                  not_mcp
  endless_head  response_too_large  response_too_large
  endless_body  response_too_large  response_too_large
  stall         ok                  timeout
  cut           ok                  stream_cut
  torn          ok                  connection_error
  empty         ok                  not_mcp
  other_id      ok                  protocol_error
  no_result     ok                  protocol_error
  mistyped      ok                  protocol_error
  html          ok                  not_mcp
)";

// When GET shows no event stream either, what POST was answered (404) is the failure.
constexpr std::string_view kDetectHttpSse = R"(
                discover            stream
  refuse        ok                  http_error
  error         ok                  http_error
  lost          ok                  http_error
  unauthorized  auth_required       auth_required
  forbidden     auth_required       auth_required
  limited       rate_limited        rate_limited
  redirect      redirect_error      redirect_error
  hang          ok                  timeout
  close         ok                  connection_error
  reset         ok                  connection_error
  garbage       ok                  http_error
  nonsense      ok                  protocol_error
  endless_head  response_too_large  response_too_large
  endless_body  response_too_large  response_too_large
  stall         ok                  timeout
  cut           ok                  stream_cut
  torn          ok                  stream_cut
  empty         ok                  stream_cut
  mistyped      ok                  http_error
  html          ok                  http_error
)";

class FaultTest : public testing::TestWithParam<Cell> {};

// What has to wait for the end of the time gets little of it.
Limits LimitsOf(const Cell& cell, int attempt) {
  const auto little = 150ms * (1 << (2 * attempt));
  Limits limits;
  const bool waits = cell.fault == "hang" || cell.fault == "stall";
  if (cell.expected.starts_with("timeout")) limits.deadline = little;
  // Half of it is left for the other dialects.
  if (cell.detect && waits && cell.expected == "ok") limits.deadline = 2s;
  if (cell.step == "close" && waits) limits.cleanup = little;
  return limits;
}

TEST_P(FaultTest, IsNamedAndLeavesNothing) {
  const Cell& cell = GetParam();
  const Belongings before = Belongings::Now();
  // On a machine so busy that the time was over before the fault came about, there is another try.
  for (int attempt = 0; attempt < 3; ++attempt) {
    FakeServer server(cell.wire, {{StepNamed(cell.step), MisdeedOf(cell.fault)}},
                      cell.tls ? TlsServer() : nullptr);
    const auto target = MakeTarget(server.Url(), cell.wire);
    if (cell.detect) target->protocol.reset();
    const auto result = Examine(target, LimitsOf(cell, attempt));
    EXPECT_TRUE(Becomes([&] { return server.open() == 0; })) << "a connection was left open";
    if (server.committed() == 0 && attempt < 2) continue;
    const int left = cell.expected == "open" ? 1 : 0;
    EXPECT_TRUE(Becomes([&] { return server.sessions_open() == left; }))
        << server.sessions_open() << " sessions were left open";
    EXPECT_EQ(result.session_closed(), left == 0);
    EXPECT_EQ(Outcome(result), cell.expected) << result.detail;
    break;
  }
  EXPECT_TRUE(Becomes([&] { return Belongings::Now() == before; }));
}

std::string NameOf(const testing::TestParamInfo<Cell>& info) {
  return info.param.step + "_" + info.param.fault + (info.param.tls ? "_tls" : "");
}

#define INSTANTIATE_TABLE(name, ...)                                                            \
  INSTANTIATE_TEST_SUITE_P(name, FaultTest, testing::ValuesIn(ReadTable(k##name, __VA_ARGS__)), \
                           NameOf)
INSTANTIATE_TABLE(ModernJson, Wire::kModernJson);
INSTANTIATE_TABLE(ModernSse, Wire::kModernSse);
INSTANTIATE_TABLE(LegacyJson, Wire::kLegacyJson);
INSTANTIATE_TABLE(LegacySse, Wire::kLegacySse);
INSTANTIATE_TABLE(HttpSse, Wire::kHttpSse);
INSTANTIATE_TABLE(DetectModern, Wire::kModernJson, true);
INSTANTIATE_TABLE(DetectLegacy, Wire::kLegacyJson, true);
INSTANTIATE_TABLE(DetectHttpSse, Wire::kHttpSse, true);

}  // namespace
}  // namespace mcp_vitals::faults
