#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "net/url.h"
#include "probe/prober.h"
#include "tests/faults/examine.h"
#include "tests/faults/fault.h"
#include "tests/support/run.h"

// How MCP servers have failed in production, as far as a client can see it.

namespace mcp_vitals::faults {
namespace {

using namespace std::chrono_literals;
using probe::Chunk;
using probe::Event;
using probe::Http;
using Answer = std::optional<std::string>;

constexpr Limits kShort{.deadline = 300ms};

std::size_t Count(const FakeServer& server, const std::string& request) {
  const auto sequence = server.Sequence();
  return static_cast<std::size_t>(std::count(sequence.begin(), sequence.end(), request));
}

// Something that answers every request alike.
struct Always {
  explicit Always(std::string answer) : server({{"*", probe::Fixed(std::move(answer))}}) {}
  probe::ScriptedServer server;
};

// Says that the answer has an id to resume from, and ends without the answer.
Answer CutAfterId(Moment& moment) {
  moment.Begin();
  moment.Push(Event("", "id: event-1\nretry: 10\n"));
  moment.Break();
  return std::nullopt;
}

Answer KeepAliveForEver(Moment& moment) {
  moment.Begin();
  moment.Push(": keepalive\n\n");
  moment.socket.WaitForClose();
  return std::nullopt;
}

TEST(ProductionTest, DeadConnectionsFillTheQueueUntilNothingConnects) {
  const support::HangingPort port;
  const std::string url = "http://127.0.0.1:" + std::to_string(port.port()) + "/mcp";
  const auto result = Examine(MakeTarget(url, Wire::kLegacyJson), kShort);
  EXPECT_EQ(Outcome(result), "timeout in connect") << result.detail;
}

net::Task<void> ProbeAndCount(probe::Prober& prober, std::shared_ptr<const probe::Target> target,
                              int& successes) {
  const auto result = co_await probe::Probe(prober, std::move(target), support::In(20s));
  if (result.success && result.session_closed()) ++successes;
}

TEST(ProductionTest, ProbesThatOpenSessionsRunNoServerOutOfMemory) {
  for (const Wire wire : {Wire::kLegacyJson, Wire::kLegacySse, Wire::kHttpSse}) {
    FakeServer server(wire, {});
    net::asio::io_context context(1);
    probe::Prober prober;
    int successes = 0;
    for (int i = 0; i < 20; ++i) {
      net::asio::co_spawn(context, ProbeAndCount(prober, MakeTarget(server.Url(), wire), successes),
                          net::asio::detached);
    }
    context.run_for(30s);
    EXPECT_EQ(successes, 20);
    EXPECT_EQ(server.sessions_opened(), 20);
    EXPECT_TRUE(Becomes([&] { return server.sessions_open() == 0 && server.open() == 0; }));
  }
}

TEST(ProductionTest, WedgedWorkerBehindAStreamThatAnswers200) {
  const auto accept_and_forget = [](Moment&) -> Answer { return Http(202, "", "Accepted"); };
  FakeServer server(Wire::kHttpSse, {{Step::kInitialize, accept_and_forget}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kHttpSse), kShort);
  EXPECT_EQ(Outcome(result), "timeout in initialize") << result.detail;
  EXPECT_EQ(result.http_status, 202) << "HTTP is well: a check of the status would be green";
}

TEST(ProductionTest, RestartedServerAnswers400InsteadOf404) {
  const auto forget = [](Moment& moment) -> Answer {
    moment.server.ForgetSession(moment.seen.Header("mcp-session-id"));
    return Http(400, "application/json",
                R"({"jsonrpc":"2.0","error":{"code":-32000,)"
                R"("message":"Bad Request: Server not initialized"},"id":null})");
  };
  FakeServer server(Wire::kLegacyJson, {{Step::kListTools, forget}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kLegacyJson));
  EXPECT_EQ(Outcome(result), "session_error in list_tools") << result.detail;
}

// The other replica does not know the session; the one that does is to be relieved of it.
TEST(ProductionTest, ReplicasWithoutAffinity) {
  const auto other_replica = [](Moment&) -> Answer {
    return Http(404, "application/json",
                R"({"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},)"
                R"("id":null})");
  };
  FakeServer server(Wire::kLegacySse, {{Step::kListTools, other_replica}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kLegacySse));
  EXPECT_EQ(Outcome(result), "session_error in list_tools") << result.detail;
  EXPECT_EQ(server.sessions_opened(), 1);
  EXPECT_EQ(server.sessions_open(), 0);
}

TEST(ProductionTest, LiveStreamCutAtShutdown) {
  FakeServer server(Wire::kLegacySse, {{Step::kCanary, MisdeedOf("cut")}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kLegacySse));
  EXPECT_EQ(Outcome(result), "stream_cut in canary") << result.detail;
  EXPECT_EQ(result.canary_success, false);
  EXPECT_EQ(result.tools, 2u);
}

TEST(ProductionTest, HostGuardAnswers421WhileHealthIsGreen) {
  const Always health(Http(200, "text/plain", "ok"));
  const auto refuse = [](Moment&) -> Answer { return Http(421, "text/plain", "Invalid Host"); };
  FakeServer server(Wire::kLegacyJson, {{Step::kInitialize, refuse}});
  const auto target = MakeTarget(server.Url(), Wire::kLegacyJson);
  target->health_url = *net::ParseUrl(health.server.Url("/health"));
  const auto result = Examine(target);
  EXPECT_EQ(Outcome(result), "http_error in initialize") << result.detail;
  EXPECT_EQ(result.http_status, 421);
  EXPECT_TRUE(result.health_contradicts());
}

TEST(ProductionTest, ResumptionConflict) {
  const auto conflict = [](Moment&) -> Answer {
    return Http(409, "text/plain", "Only one SSE stream is allowed per session");
  };
  FakeServer server(Wire::kLegacySse, {{Step::kListTools, CutAfterId}, {Step::kResume, conflict}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kLegacySse));
  EXPECT_EQ(Outcome(result), "stream_cut in list_tools") << result.detail;
  EXPECT_EQ(server.sessions_open(), 0);
  EXPECT_EQ(Count(server, "GET"), 1u) << "it is not tried again and again";
}

TEST(ProductionTest, ResumptionWithoutEnd) {
  FakeServer server(Wire::kLegacySse,
                    {{Step::kListTools, CutAfterId}, {Step::kResume, CutAfterId}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kLegacySse));
  EXPECT_EQ(Outcome(result), "stream_cut in list_tools") << result.detail;
  EXPECT_LE(Count(server, "GET"), 8u);
  EXPECT_EQ(server.sessions_open(), 0);
}

TEST(ProductionTest, ServerAsksToResumeTomorrow) {
  const auto tomorrow = [](Moment& moment) -> Answer {
    moment.Begin();
    moment.Push(Event("", "id: event-1\nretry: 86400000\n"));
    moment.End();
    return "";
  };
  FakeServer server(Wire::kLegacySse, {{Step::kListTools, tomorrow}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kLegacySse), kShort);
  EXPECT_EQ(Outcome(result), "timeout in list_tools") << result.detail;
  EXPECT_EQ(server.sessions_open(), 0);
}

TEST(ProductionTest, StreamThatEmitsNoByte) {
  const auto silent = [](Moment& moment) -> Answer {
    moment.Begin();
    moment.socket.WaitForClose();
    return std::nullopt;
  };
  FakeServer server(Wire::kHttpSse, {{Step::kStream, silent}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kHttpSse), kShort);
  EXPECT_EQ(Outcome(result), "timeout in initialize") << result.detail;
}

TEST(ProductionTest, HealthStarvesWhileMcpIsWell) {
  probe::ScriptedServer health({{"*", probe::Hang()}});
  FakeServer server(Wire::kLegacyJson, {});
  const auto target = MakeTarget(server.Url(), Wire::kLegacyJson);
  target->health_url = *net::ParseUrl(health.Url("/health"));
  const auto result = Examine(target, {.deadline = 2s, .cleanup = 500ms});
  EXPECT_EQ(Outcome(result), "ok") << result.detail;
  EXPECT_EQ(result.health_status, 0) << "no answer";
  EXPECT_TRUE(Becomes([&] { return health.open() == 0; }));
}

TEST(ProductionTest, GatewayBeforeAStatefulBackend) {
  const auto backend = [](Moment&) -> Answer {
    return Http(400, "application/json",
                R"({"jsonrpc":"2.0","id":null,"error":{"code":-32000,)"
                R"("message":"Bad Request: Missing session ID"}})");
  };
  FakeServer server(Wire::kModernJson, {{Step::kListTools, backend}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kModernJson));
  EXPECT_EQ(Outcome(result), "protocol_error in list_tools") << result.detail;
  EXPECT_NE(result.detail.find("Missing session ID"), std::string::npos) << result.detail;
}

TEST(ProductionTest, CdnHoldsTheHeadersAndResets) {
  FakeServer server(Wire::kHttpSse, {{Step::kStream, MisdeedOf("reset")}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kHttpSse));
  EXPECT_EQ(Outcome(result), "connection_error in initialize") << result.detail;
}

TEST(ProductionTest, SlashRedirectThatDowngradesToHttp) {
  FakeServer plain(Wire::kLegacyJson, {});
  const auto downgrade = [&plain](Moment&) -> Answer {
    return Http(307, "", "", "Location: " + plain.Url() + "/\r\n");
  };
  FakeServer server(Wire::kLegacyJson, {{Step::kInitialize, downgrade}}, TlsServer());
  for (const bool follow : {false, true}) {
    const auto target = MakeTarget(server.Url(), Wire::kLegacyJson);
    target->follow_redirects = follow;
    const auto result = Examine(target);
    EXPECT_EQ(Outcome(result), "redirect_error in initialize") << result.detail;
  }
  EXPECT_EQ(plain.connections(), 0) << "nothing goes out unencrypted";
}

TEST(ProductionTest, ResultLostWithItsStream) {
  FakeServer server(Wire::kLegacySse, {{Step::kCanary, MisdeedOf("empty")}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kLegacySse));
  EXPECT_EQ(Outcome(result), "stream_cut in canary") << result.detail;
  EXPECT_EQ(server.sessions_open(), 0);
}

TEST(ProductionTest, ResultLostOnAStreamThatLivesOn) {
  FakeServer server(Wire::kLegacySse, {{Step::kCanary, KeepAliveForEver}});
  const auto result = Examine(MakeTarget(server.Url(), Wire::kLegacySse), kShort);
  EXPECT_EQ(Outcome(result), "timeout in canary") << result.detail;
  EXPECT_EQ(Count(server, "POST notifications/cancelled"), 1u);
  EXPECT_EQ(server.sessions_open(), 0);
}

}  // namespace
}  // namespace mcp_vitals::faults
