// What a server of 2025-03-26 to 2025-11-25 is asked, and what is made of its answers.

#include "tests/probe/probe_fixture.h"

namespace mcp_vitals::probe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class LegacyTest : public ProbeFixture {
 protected:
  static Target Newest(const ScriptedServer& server) {
    return Pinned(At(server), mcp::kNewestLegacy);
  }
};

TEST_F(LegacyTest, AsksInOrderAndEndsTheSession) {
  ScriptedServer server(Legacy());
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_THAT(server.Sequence(), ElementsAre("POST initialize", "POST notifications/initialized",
                                             "POST tools/list", "DELETE"));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(result.era, "legacy");
  EXPECT_EQ(result.protocol_version, "2025-11-25");
  EXPECT_EQ(result.transport, "streamable_http");
  EXPECT_EQ(result.server_name, "fake");
  EXPECT_EQ(result.server_version, "1.2");
  EXPECT_EQ(result.tools, 2u);
  EXPECT_EQ(result.http_status, 200);
  EXPECT_TRUE(result.session_closed());
}

TEST_F(LegacyTest, SendsTheHeadersOfEachStep) {
  ScriptedServer server(Legacy());
  Probe(Newest(server));
  for (const Seen& seen : server.requests()) {
    SCOPED_TRACE(seen.What());
    EXPECT_EQ(seen.target, "/mcp");
    EXPECT_EQ(seen.Header("user-agent"), "mcp-vitals/0.0.0");
    const bool opening = seen.method == "initialize";
    EXPECT_EQ(seen.Header("mcp-session-id"), opening ? "" : "session-1");
    EXPECT_EQ(seen.Header("mcp-protocol-version"), opening ? "" : "2025-11-25");
    if (seen.verb == "DELETE") continue;
    EXPECT_EQ(seen.Header("content-type"), "application/json");
    EXPECT_EQ(seen.Header("accept"), "application/json, text/event-stream");
  }
}

TEST_F(LegacyTest, RecordsWhereTheTimeWentAndWhoAnswered) {
  ScriptedServer server(Legacy());
  const ProbeResult result = Probe(Newest(server));
  for (const Phase phase :
       {Phase::kConnect, Phase::kInitialize, Phase::kListTools, Phase::kClose}) {
    EXPECT_TRUE(result.phases[static_cast<std::size_t>(phase)]) << ToString(phase);
  }
  for (const Phase phase : {Phase::kTls, Phase::kDiscover, Phase::kCanary}) {
    EXPECT_FALSE(result.phases[static_cast<std::size_t>(phase)]) << ToString(phase);
  }
  EXPECT_GT(result.duration.count(), 0);
  EXPECT_EQ(result.address, "127.0.0.1");
  EXPECT_EQ(result.address_scope, vitals::AddressScope::kLoopback);
  EXPECT_GT(result.response_bytes.value_or(0), kTools.size());
}

TEST_F(LegacyTest, ReadsAnswersFromEventStreamsAndKeepsTheConnection) {
  Script script = Legacy();
  script["initialize"] =
      Stream(R"({"protocolVersion":"2025-11-25"})", "Mcp-Session-Id: session-1\r\n");
  script["tools/list"] = Stream(std::string(kTools));
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 2u);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(LegacyTest, PassesOverPrimingEventsCommentsNotificationsAndOtherAnswers) {
  Script script = Legacy();
  script["tools/list"] = [](const Seen& seen, support::RawSocket&) {
    return StreamHead() + Chunk("id: 1\nretry: 100\ndata: \n\n: keepalive\n\n") +
           Chunk(Event(R"({"jsonrpc":"2.0","method":"notifications/message","params":{}})")) +
           Chunk(Event(R"({"jsonrpc":"2.0","id":999999,"result":{}})")) +
           Chunk(Event(R"({"jsonrpc":"2.0","id":"text","error":{"code":1,"message":"x"}})")) +
           Chunk(Event("ping", "event: ping\n")) + Chunk(Event(ResultJson(seen, kTools))) +
           Chunk("");
  };
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), Succeeded());
}

TEST_F(LegacyTest, DoesNotWaitForTheEndOfAnAnsweredStream) {
  Script script = Legacy();
  script["tools/list"] = [](const Seen& seen, support::RawSocket& socket) {
    socket.Send(StreamHead() + Chunk(Event(ResultJson(seen, kTools))));
    socket.WaitForClose();
    return std::nullopt;
  };
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_LT(result.duration.count(), 5);
  EXPECT_EQ(server.Sequence().back(), "DELETE");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(LegacyTest, AnswersTheServersOwnRequests) {
  Script script = Legacy();
  script["tools/list"] = [](const Seen& seen, support::RawSocket&) {
    return StreamHead() + Chunk(Event(R"({"jsonrpc":"2.0","id":"p1","method":"ping"})")) +
           Chunk(Event(R"({"jsonrpc":"2.0","id":2,"method":"roots/list"})")) +
           Chunk(Event(ResultJson(seen, kTools))) + Chunk("");
  };
  script["POST"] = Fixed(Http(202, "", ""));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), Succeeded());
  std::vector<std::string> replies;
  for (const Seen& seen : server.requests()) {
    if (seen.What() == "POST") replies.push_back(seen.body);
  }
  EXPECT_THAT(replies, ElementsAre(R"({"jsonrpc":"2.0","id":"p1","result":{}})",
                                   HasSubstr(R"("id":2,"error":{"code":-32601)")));
}

TEST_F(LegacyTest, TakesABatchWithTheAnswerInIt) {
  Script script = Legacy();
  script["tools/list"] = [](const Seen& seen, support::RawSocket&) {
    return Http(
        200, "application/json",
        R"([{"jsonrpc":"2.0","method":"notifications/message"},)" + ResultJson(seen, kTools) + "]");
  };
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Pinned(At(server), mcp::Version::k20250326)),
              FailedWith(Reason::kVersionMismatch, Phase::kInitialize));
  script["initialize"] = Result(R"({"protocolVersion":"2025-03-26"})");
  ScriptedServer older(script);
  const ProbeResult result = Probe(Pinned(At(older), mcp::Version::k20250326));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 2u);
}

TEST_F(LegacyTest, ServerWithoutSessionIsNotSentADelete) {
  Script script = Legacy();
  script["initialize"] = Result(R"({"protocolVersion":"2025-06-18"})");
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.protocol_version, "2025-06-18");
  EXPECT_EQ(server.Sequence().back(), "POST tools/list");
  EXPECT_EQ(server.Only("POST tools/list").Header("mcp-protocol-version"), "2025-06-18");
  EXPECT_EQ(server.Only("POST tools/list").headers.count("mcp-session-id"), 0u);
}

TEST_F(LegacyTest, FollowsThePagesOfTheToolList) {
  Script script = Legacy();
  script["tools/list"] = [](const Seen& seen, support::RawSocket&) {
    const bool first = seen.body.find("cursor") == std::string::npos;
    const bool second = seen.body.find(R"("cursor":"p\"2")") != std::string::npos;
    return Http(200, "application/json",
                ResultJson(seen, first    ? R"({"tools":[{"name":"a"}],"nextCursor":"p\"2"})"
                                 : second ? R"({"tools":[{"name":"b"}],"nextCursor":"p3"})"
                                          : R"({"tools":[{"name":"c"}]})"));
  };
  ScriptedServer server(script);
  Target target = Newest(server);
  target.expect_tools = {"a", "b", "c"};
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 3u);
}

TEST_F(LegacyTest, HandsOutTheDefinitionsOfAllPagesOnlyOnDemand) {
  Script script = Legacy();
  script["tools/list"] = [](const Seen& seen, support::RawSocket&) {
    const bool first = seen.body.find("cursor") == std::string::npos;
    return Http(200, "application/json",
                ResultJson(seen, first ? R"({"tools":[{"name":"a", "x":1}],"nextCursor":"2"})"
                                       : R"({"tools":[{"name":"b"}]})"));
  };
  ScriptedServer server(script);
  Target target = Newest(server);
  EXPECT_EQ(Probe(target).definitions, "");
  target.keep_definitions = true;
  EXPECT_EQ(Probe(target).definitions, R"({"name":"a","x":1},{"name":"b"})");
}

TEST_F(LegacyTest, DefinitionsOfAllPagesTogetherAreBounded) {
  Script script = Legacy();
  auto page = std::make_shared<std::atomic<int>>(0);
  script["tools/list"] = [page](const Seen& seen, support::RawSocket&) {
    return Http(200, "application/json",
                ResultJson(seen, R"({"tools":[{"name":")" + std::string(600, 'a') +
                                     R"("}],"nextCursor":")" + std::to_string(++*page) + R"("})"));
  };
  ScriptedServer server(script);
  Target target = Newest(server);
  target.max_answer_bytes = 1000;
  target.keep_definitions = true;
  EXPECT_THAT(Probe(target), FailedWith(Reason::kResponseTooLarge, Phase::kListTools));
  EXPECT_EQ(*page, 2);
}

TEST_F(LegacyTest, EmptyCursorIsTheEndOfTheList) {
  Script script = Legacy();
  script["tools/list"] = Result(R"({"tools":[{"name":"a"}],"nextCursor":""})");
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 1u);
}

TEST_F(LegacyTest, CursorThatComesBackIsAProtocolError) {
  Script script = Legacy();
  script["tools/list"] = Result(R"({"tools":[],"nextCursor":"again"})");
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), FailedWith(Reason::kProtocolError, Phase::kListTools));
  EXPECT_EQ(server.Sequence().back(), "DELETE");
}

TEST_F(LegacyTest, PagesAreBounded) {
  auto page = std::make_shared<std::atomic<int>>(0);
  Script script = Legacy();
  script["tools/list"] = [page](const Seen& seen, support::RawSocket&) {
    return Http(
        200, "application/json",
        ResultJson(seen, R"({"tools":[],"nextCursor":")" + std::to_string(++*page) + R"("})"));
  };
  ScriptedServer server(script);
  Target target = Newest(server);
  target.max_tool_pages = 5;
  const ProbeResult result = Probe(target);
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.phase, Phase::kListTools);
  EXPECT_THAT(result.detail, HasSubstr("5 pages"));
  EXPECT_EQ(*page, 5);
}

TEST_F(LegacyTest, ServerThatDoesNotKnowToolsHasNone) {
  Script script = Legacy();
  script["tools/list"] = Error(200, -32601, "Method not found");
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 0u);
}

TEST_F(LegacyTest, OtherErrorsOfToolsListAreProtocolErrors) {
  Script script = Legacy();
  script["tools/list"] = Error(200, -32603, "database is locked");
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, FailedWith(Reason::kProtocolError, Phase::kListTools));
  EXPECT_THAT(result.detail, HasSubstr("database is locked"));
}

TEST_F(LegacyTest, AcceptsAnyVersionThatItKnows) {
  for (const char* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    Script script = Legacy();
    script["initialize"] = Result(R"({"protocolVersion":")" + std::string(version) + R"("})");
    ScriptedServer server(script);
    const ProbeResult result = Probe(At(server));
    EXPECT_THAT(result, Succeeded());
    EXPECT_EQ(result.protocol_version, version);
    EXPECT_EQ(result.transport, "streamable_http");
  }
}

TEST_F(LegacyTest, OtherVersionThanTheFixedOneIsAMismatch) {
  ScriptedServer server(Legacy());
  const ProbeResult result = Probe(Pinned(At(server), mcp::Version::k20250618));
  EXPECT_THAT(result, FailedWith(Reason::kVersionMismatch, Phase::kInitialize));
  EXPECT_THAT(result.detail, HasSubstr("2025-11-25"));
  EXPECT_THAT(server.Sequence(), ElementsAre("POST initialize", "DELETE"));
}

TEST_F(LegacyTest, UnknownVersionIsAMismatch) {
  Script script = Legacy();
  script["initialize"] = Result(R"({"protocolVersion":"2099-01-01"})");
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, FailedWith(Reason::kVersionMismatch, Phase::kInitialize));
  EXPECT_THAT(result.detail, HasSubstr("2099-01-01"));
}

TEST_F(LegacyTest, ModernOnlyServerIsAMismatch) {
  Script script = Modern();
  script["initialize"] = [](const Seen& seen, support::RawSocket&) {
    return Http(400, "application/json",
                R"({"jsonrpc":"2.0","id":)" + seen.id +
                    R"(,"error":{"code":-32022,"message":"Unsupported protocol version",)"
                    R"("data":{"supported":["2026-07-28"]}}})");
  };
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, FailedWith(Reason::kVersionMismatch, Phase::kInitialize));
  EXPECT_THAT(result.detail, HasSubstr("2026-07-28"));
}

TEST_F(LegacyTest, ErrorToInitializeIsAnInitError) {
  Script script = Legacy();
  script["initialize"] = Error(200, -32603, "cannot reach the database");
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, FailedWith(Reason::kInitError, Phase::kInitialize));
  EXPECT_THAT(result.detail, HasSubstr("cannot reach the database"));
}

TEST_F(LegacyTest, InitializeWithoutAVersionIsAProtocolError) {
  Script script = Legacy();
  script["initialize"] = Result("{}");
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), FailedWith(Reason::kProtocolError, Phase::kInitialize));
}

TEST_F(LegacyTest, SessionIdOutsideVisibleAsciiIsASessionError) {
  Script script = Legacy();
  script["initialize"] =
      Result(R"({"protocolVersion":"2025-11-25"})", "Mcp-Session-Id: not a session\r\n");
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), FailedWith(Reason::kSessionError, Phase::kInitialize));
  EXPECT_THAT(server.Sequence(), ElementsAre("POST initialize"));
}

TEST_F(LegacyTest, SessionThatIsUnknownAtOnceIsASessionError) {
  for (const int status : {400, 404}) {
    Script script = Legacy();
    script["tools/list"] = Error(status, -32001, "Session not found");
    ScriptedServer server(script);
    const ProbeResult result = Probe(Newest(server));
    EXPECT_THAT(result, FailedWith(Reason::kSessionError, Phase::kListTools));
    EXPECT_THAT(result.detail, HasSubstr("Session not found"));
    EXPECT_FALSE(result.hint.empty());
  }
}

TEST_F(LegacyTest, RefusedInitializedNotificationFailsTheHandshake) {
  Script script = Legacy();
  script["notifications/initialized"] = Error(400, -32000, "Bad Request: no valid session");
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), FailedWith(Reason::kSessionError, Phase::kInitialize));
  script["notifications/initialized"] = Fixed(Http(500, "text/plain", "oops"));
  ScriptedServer broken(script);
  EXPECT_THAT(Probe(Newest(broken)), FailedWith(Reason::kHttpError, Phase::kInitialize));
}

TEST_F(LegacyTest, NotificationMayBeAnsweredWithAnyTwoHundred) {
  for (const char* answer :
       {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"}) {
    Script script = Legacy();
    script["notifications/initialized"] = Fixed(answer);
    ScriptedServer server(script);
    EXPECT_THAT(Probe(Newest(server)), Succeeded());
  }
}

TEST_F(LegacyTest, RightAnswerOfAWrongTypeIsAProtocolError) {
  for (const char* type : {"text/plain", ""}) {
    Script script = Legacy();
    script["tools/list"] = [type](const Seen& seen, support::RawSocket&) {
      return Http(200, type, ResultJson(seen, kTools));
    };
    ScriptedServer server(script);
    const ProbeResult result = Probe(Newest(server));
    EXPECT_THAT(result, FailedWith(Reason::kProtocolError, Phase::kListTools));
    EXPECT_THAT(result.detail, HasSubstr("Content-Type"));
  }
}

TEST_F(LegacyTest, ServerThatAsksWithoutEndIsAProtocolError) {
  Script script = Legacy();
  script["tools/list"] = [](const Seen&, support::RawSocket& socket) {
    socket.Send(StreamHead());
    while (socket.Send(Chunk(Event(R"({"jsonrpc":"2.0","id":1,"method":"ping"})")))) {
    }
    return std::nullopt;
  };
  script["POST"] = Fixed(Http(202, "", ""));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), FailedWith(Reason::kProtocolError, Phase::kListTools));
  EXPECT_LT(server.requests().size(), 80u);
  EXPECT_EQ(server.Sequence().back(), "DELETE");
}

TEST_F(LegacyTest, ReplyThatIsRefusedIsTheServersAffair) {
  Script script = Legacy();
  script["tools/list"] = [](const Seen& seen, support::RawSocket&) {
    return StreamHead() + Chunk(Event(R"({"jsonrpc":"2.0","id":1,"method":"ping"})")) +
           Chunk(Event(ResultJson(seen, kTools))) + Chunk("");
  };
  script["POST"] = Fixed(Http(400, "text/plain", "no such request"));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), Succeeded());
}

TEST_F(LegacyTest, ConnectionClosedBetweenRequestsIsOpenedAnew) {
  Script script = Legacy();
  script["notifications/initialized"] = Cut(Http(202, "", ""));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), Succeeded());
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(LegacyTest, IdsOfTwoProbesDiffer) {
  ScriptedServer server(Legacy());
  Probe(Newest(server));
  Probe(Newest(server));
  std::vector<std::string> ids;
  for (const Seen& seen : server.requests()) {
    if (!seen.id.empty()) ids.push_back(seen.id);
  }
  ASSERT_EQ(ids.size(), 4u);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace
}  // namespace mcp_vitals::probe
