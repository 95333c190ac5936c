// The transport of 2024-11-05: answers come on the stream of a GET.

#include "tests/probe/probe_fixture.h"

namespace mcp_vitals::probe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class HttpSseTest : public ProbeFixture {
 protected:
  static Target Oldest(const ScriptedServer& server) {
    return Pinned(At(server, "/sse"), mcp::Version::k20241105);
  }
  static HttpSseScript Speaking(const std::string& version) {
    HttpSseScript sse;
    sse.results["initialize"] = R"({"protocolVersion":")" + version + R"("})";
    return sse;
  }
  static Script Opening(std::string stream) {
    Script script = Speaking("2024-11-05").script();
    script["GET"] = [stream](const Seen&, support::RawSocket& socket) {
      socket.Send(StreamHead() + Chunk(stream));
      socket.WaitForClose();
      return std::nullopt;
    };
    return script;
  }
};

TEST_F(HttpSseTest, PostsToTheEndpointAndReadsTheStream) {
  ScriptedServer server(Speaking("2024-11-05").script());
  const ProbeResult result = Probe(Oldest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_THAT(server.Sequence(), ElementsAre("GET", "POST initialize",
                                             "POST notifications/initialized", "POST tools/list"));
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.Only("GET").target, "/sse");
  EXPECT_EQ(server.Only("GET").Header("accept"), "text/event-stream");
  EXPECT_EQ(server.Only("POST tools/list").target, "/message?sessionId=1");
  EXPECT_EQ(result.era, "legacy");
  EXPECT_EQ(result.protocol_version, "2024-11-05");
  EXPECT_EQ(result.transport, "sse");
  EXPECT_EQ(result.tools, 2u);
  EXPECT_TRUE(result.session_closed());
}

TEST_F(HttpSseTest, EndpointMayBeAnAbsoluteUrlOfTheSameServer) {
  auto url = std::make_shared<std::string>();
  Script script = Speaking("2024-11-05").script();
  script["*"] = Fixed(Http(404, "text/plain", "seen"));
  script["GET"] = [url](const Seen&, support::RawSocket& socket) {
    socket.Send(StreamHead() + Chunk(Event(*url, "event: endpoint\n")));
    socket.WaitForClose();
    return std::nullopt;
  };
  ScriptedServer server(script);
  *url = server.Url("/absolute");
  Probe(Oldest(server));
  EXPECT_EQ(server.Only("POST initialize").target, "/absolute");
}

TEST_F(HttpSseTest, EndpointElsewhereIsAProtocolError) {
  ScriptedServer server(HttpSseScript("http://other.example/message").script());
  const ProbeResult result = Probe(Oldest(server));
  EXPECT_THAT(result, FailedWith(Reason::kProtocolError, Phase::kInitialize));
  EXPECT_THAT(server.Sequence(), ElementsAre("GET"));
}

TEST_F(HttpSseTest, NotificationsAndForeignAnswersInterleave) {
  HttpSseScript sse = Speaking("2024-11-05");
  sse.before_each_answer = ": keepalive\n\n" +
                           Event(R"({"jsonrpc":"2.0","method":"notifications/message"})") +
                           Event(R"({"jsonrpc":"2.0","id":999999,"result":{"tools":[]}})");
  ScriptedServer server(sse.script());
  const ProbeResult result = Probe(Oldest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 2u);
}

TEST_F(HttpSseTest, AnswersTheServersOwnRequests) {
  HttpSseScript sse = Speaking("2024-11-05");
  sse.before_each_answer = Event(R"({"jsonrpc":"2.0","id":"p1","method":"ping"})");
  ScriptedServer server(sse.script());
  EXPECT_THAT(Probe(Oldest(server)), Succeeded());
  int replies = 0;
  for (const Seen& seen : server.requests()) {
    replies += seen.body == R"({"jsonrpc":"2.0","id":"p1","result":{}})" ? 1 : 0;
  }
  EXPECT_EQ(replies, 2);
}

TEST_F(HttpSseTest, OtherVersionThanTheFixedOneIsAMismatch) {
  ScriptedServer server(Speaking("2025-06-18").script());
  EXPECT_THAT(Probe(Oldest(server)), FailedWith(Reason::kVersionMismatch, Phase::kInitialize));
}

TEST_F(HttpSseTest, AnswerThatIsNoEventStreamIsNotMcp) {
  Script script;
  script["GET"] = Fixed(Http(200, "text/html", "<html>Welcome"));
  ScriptedServer server(script);
  const ProbeResult result = Probe(Oldest(server));
  EXPECT_THAT(result, FailedWith(Reason::kNotMcp, Phase::kInitialize));
  EXPECT_THAT(result.detail, HasSubstr("text/html"));
}

TEST_F(HttpSseTest, RefusedStreamIsAnHttpError) {
  Script script;
  script["GET"] = Fixed(Http(404, "text/plain", "Not Found"));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Oldest(server)), FailedWith(Reason::kHttpError, Phase::kInitialize));
}

TEST_F(HttpSseTest, StreamWithoutAnEndpointTimesOut) {
  ScriptedServer server(Opening(": open\n\n"));
  EXPECT_THAT(Probe(Oldest(server), kShort), FailedWith(Reason::kTimeout, Phase::kInitialize));
}

TEST_F(HttpSseTest, StreamThatEndsBeforeItsEndpointIsCut) {
  Script script;
  script["GET"] = Cut(StreamHead() + Chunk(": open\n\n"));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Oldest(server)), FailedWith(Reason::kStreamCut, Phase::kInitialize));
}

// The stream opens, and every call hangs (mcp-context-forge): a false green for whoever asks GET.
TEST_F(HttpSseTest, WedgedWorkerBehindAnOpenStreamTimesOut) {
  Script script = Opening(Event("/message?sessionId=1", "event: endpoint\n"));
  script["*"] = Fixed(Http(202, "text/plain", "Accepted"));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Oldest(server), kShort), FailedWith(Reason::kTimeout, Phase::kInitialize));
}

TEST_F(HttpSseTest, PostThatIsNeverAnsweredTimesOut) {
  Script script = Opening(Event("/message?sessionId=1", "event: endpoint\n"));
  script["*"] = Hang();
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Oldest(server), kShort), FailedWith(Reason::kTimeout, Phase::kInitialize));
}

TEST_F(HttpSseTest, PostThatDoesNotKnowTheSessionIsASessionError) {
  Script script = Opening(Event("/message?sessionId=1", "event: endpoint\n"));
  script["*"] = Fixed(Http(404, "text/plain", "Could not find session"));
  ScriptedServer server(script);
  const ProbeResult result = Probe(Oldest(server));
  EXPECT_THAT(result, FailedWith(Reason::kSessionError, Phase::kInitialize));
  EXPECT_THAT(result.detail, HasSubstr("Could not find session"));
}

TEST_F(HttpSseTest, StreamThatEndsBeforeTheAnswerIsCut) {
  Script script;
  script["GET"] = [](const Seen&, support::RawSocket& socket) {
    socket.Send(StreamHead() + Chunk(Event("/message", "event: endpoint\n")));
    return Chunk("");
  };
  script["*"] = Fixed(Http(202, "", ""));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Oldest(server)), FailedWith(Reason::kStreamCut, Phase::kInitialize));
}

TEST_F(HttpSseTest, CallThatTimesOutIsCancelled) {
  HttpSseScript sse = Speaking("2024-11-05");
  sse.results.erase("tools/call");
  ScriptedServer server(sse.script());
  Target target = Oldest(server);
  target.canary = Canary{"slow", "{}", {}};
  EXPECT_THAT(Probe(target, kShort), FailedWith(Reason::kTimeout, Phase::kCanary));
  EXPECT_EQ(server.Sequence().back(), "POST notifications/cancelled");
  EXPECT_THAT(server.Only("POST notifications/cancelled").body,
              HasSubstr(R"("requestId":)" + server.Only("POST tools/call").id));
}

TEST_F(HttpSseTest, DetailsDoNotShowTheSession) {
  Script script = Opening(Event("/message?sessionId=very-secret", "event: endpoint\n"));
  script["*"] = Fixed(Http(404, "text/plain", "no session very-secret"));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Oldest(server)).detail, Not(HasSubstr("very-secret")));
}

}  // namespace
}  // namespace mcp_vitals::probe
