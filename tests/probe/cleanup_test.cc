// Whatever becomes of a probe, the session that it opened is ended.

#include <future>

#include "tests/probe/probe_fixture.h"

namespace mcp_vitals::probe {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

class CleanupTest : public ProbeFixture {
 protected:
  CleanupTest() { prober_.cleanup_timeout = milliseconds(400); }

  static Target Newest(const ScriptedServer& server) {
    Target target = Pinned(At(server), mcp::kNewestLegacy);
    target.canary = Canary{"add", "{}", {}};
    return target;
  }
  // The session is ended once, with its id, and the result says so.
  static void ExpectEnded(const ScriptedServer& server, const ProbeResult& result) {
    EXPECT_FALSE(result.success);
    EXPECT_EQ(server.Only("DELETE").Header("mcp-session-id"), "session-1");
    EXPECT_EQ(server.Sequence().back(), "DELETE");
    EXPECT_TRUE(result.session_closed());
    EXPECT_TRUE(result.phases[static_cast<std::size_t>(Phase::kClose)]);
  }
};

struct Fault {
  const char* name;
  Play play;
};

std::vector<Fault> Faults() {
  return {
      {"hang", Hang()},
      {"close", CloseAtOnce()},
      {"garbage", Fixed("garbage\r\n\r\n")},
      {"cut", Cut("HTTP/1.1 200 OK\r\nContent-Le")},
      {"reset",
       [](const Seen&, support::RawSocket& socket) {
         socket.Reset();
         return std::nullopt;
       }},
      {"wrong", Fixed(Http(500, "text/plain", "oops"))},
  };
}

TEST_F(CleanupTest, SessionIsEndedAfterAFailureInAnyLaterStep) {
  for (const char* step : {"notifications/initialized", "tools/list", "tools/call"}) {
    for (const Fault& fault : Faults()) {
      SCOPED_TRACE(std::string(step) + ": " + fault.name);
      Script script = Legacy();
      script[step] = fault.play;
      ScriptedServer server(script);
      ExpectEnded(server, Probe(Newest(server), kShort));
    }
  }
}

TEST_F(CleanupTest, SessionIsEndedWhenTheBodyOfInitializeFails) {
  const std::string head = "HTTP/1.1 200 OK\r\nMcp-Session-Id: session-1\r\n";
  const std::vector<Fault> faults = {
      {"cut", Cut(head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")},
      {"garbage", Fixed(head + "Content-Length: 3\r\n\r\nabc")},
      {"hang",
       [head](const Seen&, support::RawSocket& socket) {
         socket.Send(head + "Content-Type: text/event-stream\r\n\r\n");
         socket.WaitForClose();
         return std::nullopt;
       }},
      {"error",
       Fixed(head + "Content-Length: 64\r\n\r\n"
                    R"({"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"x"}})")},
  };
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault.name);
    Script script = Legacy();
    script["initialize"] = fault.play;
    ScriptedServer server(script);
    const ProbeResult result = Probe(Newest(server), kShort);
    EXPECT_EQ(result.phase, Phase::kInitialize);
    ExpectEnded(server, result);
  }
}

// The server is slow, and opens a session that nobody would know of.
TEST_F(CleanupTest, SessionOfAnAnswerThatCameTooLateIsEnded) {
  prober_.cleanup_timeout = kEnough;
  auto given_up = std::make_shared<std::promise<void>>();
  Script script = Legacy();
  script["initialize"] = [given_up, play = script["initialize"]](const Seen& seen,
                                                                 support::RawSocket& socket) {
    given_up->get_future().wait_for(kEnough);
    return play(seen, socket);
  };
  ScriptedServer server(script);
  const auto target = std::make_shared<const Target>(Newest(server));
  bool left_open = false;
  const ProbeResult result = support::Await(
      context_, probe::Probe(prober_, target, support::In(kShort), [&](const ProbeResult& verdict) {
        EXPECT_THAT(verdict, FailedWith(Reason::kTimeout, Phase::kInitialize));
        left_open = !verdict.session_closed();
        given_up->set_value();
      }));
  EXPECT_FALSE(left_open) << "none was known yet";
  EXPECT_THAT(result, FailedWith(Reason::kTimeout, Phase::kInitialize));
  ExpectEnded(server, result);
}

TEST_F(CleanupTest, VerdictComesBeforeTheSessionIsEnded) {
  ScriptedServer server(Legacy());
  const auto target = std::make_shared<const Target>(Newest(server));
  int verdicts = 0;
  const ProbeResult result = support::Await(
      context_,
      probe::Probe(prober_, target, support::In(kEnough), [&](const ProbeResult& verdict) {
        ++verdicts;
        EXPECT_THAT(verdict, Succeeded());
        EXPECT_FALSE(verdict.session_closed());
        EXPECT_NE(server.Sequence().back(), "DELETE");
      }));
  EXPECT_EQ(verdicts, 1);
  EXPECT_TRUE(result.session_closed());
}

TEST_F(CleanupTest, CallThatTimedOutIsCancelledFirst) {
  Script script = Legacy();
  script["tools/call"] = Hang();
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server), kShort);
  EXPECT_THAT(result, FailedWith(Reason::kTimeout, Phase::kCanary));
  EXPECT_THAT(server.Sequence(),
              ElementsAre("POST initialize", "POST notifications/initialized", "POST tools/list",
                          "POST tools/call", "POST notifications/cancelled", "DELETE"));
  EXPECT_THAT(server.Only("POST notifications/cancelled").body,
              HasSubstr(R"("requestId":)" + server.Only("POST tools/call").id));
}

TEST_F(CleanupTest, CancellingThatHangsLeavesTimeToEndTheSession) {
  Script script = Legacy();
  script["tools/call"] = Hang();
  script["notifications/cancelled"] = Hang();
  ScriptedServer server(script);
  ExpectEnded(server, Probe(Newest(server), kShort));
}

TEST_F(CleanupTest, CallThatWasAnsweredIsNotCancelled) {
  Script script = Legacy();
  script["tools/call"] = Error(200, -32602, "Unknown tool");
  ScriptedServer server(script);
  Probe(Newest(server));
  EXPECT_EQ(server.Sequence()[4], "DELETE");
}

TEST_F(CleanupTest, ServerThatRefusesOrNoLongerKnowsTheSessionHasNoneOfOurs) {
  for (const int status : {200, 202, 204, 404, 405}) {
    Script script = Legacy();
    script["DELETE"] =
        Fixed("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\n\r\n");
    if (status == 204) script["DELETE"] = Fixed("HTTP/1.1 204 No Content\r\n\r\n");
    ScriptedServer server(script);
    const ProbeResult result = Probe(Newest(server));
    EXPECT_THAT(result, Succeeded()) << status;
    EXPECT_TRUE(result.session_closed()) << status;
  }
}

TEST_F(CleanupTest, SessionThatCannotBeEndedIsAFindingAndNoFailure) {
  Script script = Legacy();
  script["DELETE"] = Fixed(Http(500, "text/plain", "oops"));
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_FALSE(result.session_closed());
}

TEST_F(CleanupTest, EndingTheSessionHasATimeOfItsOwn) {
  Script script = Legacy();
  script["DELETE"] = Hang();
  ScriptedServer server(script);
  const auto began = std::chrono::steady_clock::now();
  const ProbeResult result = Probe(Newest(server));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_THAT(result, Succeeded());
  EXPECT_FALSE(result.session_closed());
  EXPECT_GE(took.count() - result.duration.count(), 0.4)
      << "the clean-up is not the server's answer time";
}

TEST_F(CleanupTest, StaleConnectionDoesNotKeepTheSessionOpen) {
  Script script = Legacy();
  script["tools/call"] = [](const Seen& seen, support::RawSocket& socket) {
    socket.Send(Http(200, "application/json", ResultJson(seen, R"({"content":[]})")));
    return std::nullopt;
  };
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_TRUE(result.session_closed());
  EXPECT_EQ(server.Sequence().back(), "DELETE");
}

// python-sdk (seen on 1.12): server/discover is refused, and opens a session all the same.
TEST_F(CleanupTest, SessionThatDiscoveryOpenedIsEndedToo) {
  Script script = Legacy();
  script["server/discover"] = Fixed(
      Http(400, "application/json",
           R"({"jsonrpc":"2.0","id":"server-error","error":{"code":-32600,"message":"Missing"}})",
           "Mcp-Session-Id: stray\r\n"));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(At(server)), Succeeded());
  std::vector<std::string> ended;
  for (const Seen& seen : server.requests()) {
    if (seen.verb == "DELETE") ended.push_back(seen.Header("mcp-session-id"));
  }
  EXPECT_THAT(ended, testing::UnorderedElementsAre("stray", "session-1"));
}

}  // namespace
}  // namespace mcp_vitals::probe
