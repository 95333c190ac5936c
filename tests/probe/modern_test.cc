// What a server of 2026-07-28 is asked, and what is made of its answers.

#include "mcp/json_pointer.h"
#include "tests/probe/probe_fixture.h"

namespace mcp_vitals::probe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ModernTest : public ProbeFixture {};

TEST_F(ModernTest, AsksInOrderOnOneConnectionAndLeavesNothingToEnd) {
  ScriptedServer server(Modern());
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_THAT(server.Sequence(), ElementsAre("POST server/discover", "POST tools/list"));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(result.era, "modern");
  EXPECT_EQ(result.protocol_version, "2026-07-28");
  EXPECT_EQ(result.transport, "streamable_http");
  EXPECT_EQ(result.server_name, "fake");
  EXPECT_EQ(result.server_version, "2.0");
  EXPECT_EQ(result.tools, 2u);
}

TEST_F(ModernTest, EveryRequestNamesVersionAndMethodInHeaderAndBody) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.canary = Canary{"add", R"({"a":1})", {}};
  EXPECT_THAT(Probe(target), Succeeded());
  ASSERT_EQ(server.requests().size(), 3u);
  for (const Seen& seen : server.requests()) {
    SCOPED_TRACE(seen.What());
    EXPECT_EQ(seen.Header("mcp-protocol-version"), "2026-07-28");
    EXPECT_EQ(seen.Header("mcp-method"), seen.method);
    EXPECT_EQ(seen.Header("mcp-name"), seen.method == "tools/call" ? "add" : "");
    EXPECT_EQ(seen.headers.count("mcp-session-id"), 0u);
    const auto version =
        mcp::FindJson(seen.body, "/params/_meta/io.modelcontextprotocol~1protocolVersion");
    ASSERT_TRUE(version && *version);
    EXPECT_EQ((*version)->scalar, "2026-07-28");
  }
}

TEST_F(ModernTest, SessionHeaderOfAModernServerMeansNothing) {
  Script script = Modern();
  script["server/discover"] =
      Result(R"({"supportedVersions":["2026-07-28"]})", "Mcp-Session-Id: stray\r\n");
  ScriptedServer server(script);
  EXPECT_THAT(Probe(At(server)), Succeeded());
  EXPECT_THAT(server.Sequence(), ElementsAre("POST server/discover", "POST tools/list"));
  EXPECT_EQ(server.Only("POST tools/list").headers.count("mcp-session-id"), 0u);
}

TEST_F(ModernTest, ReadsAnswersFromEventStreams) {
  Script script = Modern();
  script["server/discover"] = Stream(R"({"supportedVersions":["2026-07-28"]})");
  script["tools/list"] = Stream(std::string(kTools));
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 2u);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(ModernTest, EmptyCursorIsACursor) {
  Script script = Modern();
  script["tools/list"] = [](const Seen& seen, support::RawSocket&) {
    const bool first = seen.body.find("cursor") == std::string::npos;
    return Http(200, "application/json",
                ResultJson(seen, first ? R"({"tools":[{"name":"a"}],"nextCursor":""})"
                                       : R"({"tools":[{"name":"b"}]})"));
  };
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 2u);
}

TEST_F(ModernTest, SpeaksTheNewestVersionInCommon) {
  Script script = Modern();
  script["server/discover"] =
      Result(R"({"supportedVersions":["2027-01-01","2025-11-25","2026-07-28"]})");
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.protocol_version, "2026-07-28");
}

TEST_F(ModernTest, VersionsThatAreAllUnknownAreAMismatch) {
  Script script = Modern();
  script["server/discover"] = Result(R"({"supportedVersions":["2027-01-01","2028-01-01"]})");
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, FailedWith(Reason::kVersionMismatch, Phase::kDiscover));
  EXPECT_THAT(result.detail, HasSubstr("2028-01-01"));
}

TEST_F(ModernTest, DiscoveryThatOffersOlderVersionsLeadsToInitialize) {
  Script script = Legacy();
  script["server/discover"] = Result(R"({"supportedVersions":["2025-11-25"]})");
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.era, "legacy");
  EXPECT_THAT(Probe(Pinned(At(server), mcp::kNewest)),
              FailedWith(Reason::kVersionMismatch, Phase::kDiscover));
}

TEST_F(ModernTest, UnsupportedVersionIsTriedOnceMoreWhenTheServerNamesOneThatWeSpeak) {
  auto asked = std::make_shared<std::atomic<int>>(0);
  Script script = Modern();
  const Play discover = script["server/discover"];
  script["server/discover"] = [=](const Seen& seen,
                                  support::RawSocket& socket) -> std::optional<std::string> {
    if (++*asked > 1) return discover(seen, socket);
    return Http(400, "application/json",
                R"({"jsonrpc":"2.0","id":)" + seen.id +
                    R"(,"error":{"code":-32022,"message":"Unsupported protocol version",)"
                    R"("data":{"supported":["2026-07-28"]}}})");
  };
  ScriptedServer server(script);
  EXPECT_THAT(Probe(At(server)), Succeeded());
  EXPECT_THAT(server.Sequence(),
              ElementsAre("POST server/discover", "POST server/discover", "POST tools/list"));
}

TEST_F(ModernTest, ServerThatKeepsRefusingItsOwnVersionIsAMismatch) {
  Script script = Modern();
  script["server/discover"] = [](const Seen& seen, support::RawSocket&) {
    return Http(400, "application/json",
                R"({"jsonrpc":"2.0","id":)" + seen.id +
                    R"(,"error":{"code":-32022,"message":"Unsupported protocol version",)"
                    R"("data":{"supported":["2026-07-28"]}}})");
  };
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Pinned(At(server), mcp::kNewest)),
              FailedWith(Reason::kVersionMismatch, Phase::kDiscover));
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(ModernTest, OlderServerIsAMismatchForTheFixedVersion) {
  Script script = Modern();
  script["server/discover"] = Error(404, -32601, "Method not found");
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Pinned(At(server), mcp::kNewest)),
              FailedWith(Reason::kVersionMismatch, Phase::kDiscover));
  EXPECT_THAT(server.Sequence(), ElementsAre("POST server/discover"));
}

TEST_F(ModernTest, MissingCapabilityIsSaid) {
  Script script = Modern();
  script["server/discover"] = Error(400, -32021, "Client must support elicitation");
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, FailedWith(Reason::kInitError, Phase::kDiscover));
  EXPECT_THAT(result.detail, HasSubstr("elicitation"));
}

TEST_F(ModernTest, ServerThatDoesNotKnowToolsHasNone) {
  Script script = Modern();
  script["tools/list"] = Error(404, -32601, "Method not found");
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 0u);
}

// A gateway that is modern, before a server that wants a session (agentgateway).
TEST_F(ModernTest, StatefulServerBehindAModernGatewayFails) {
  Script script = Modern();
  script["tools/list"] = Error(400, -32600, "Bad Request: Missing session ID");
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.phase, Phase::kListTools);
  EXPECT_THAT(result.detail, HasSubstr("Missing session ID"));
}

}  // namespace
}  // namespace mcp_vitals::probe
