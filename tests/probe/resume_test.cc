// Event streams that end before the answer (2025-11-25: the client comes back with Last-Event-ID).

#include "tests/probe/probe_fixture.h"

namespace mcp_vitals::probe {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

class ResumeTest : public ProbeFixture {
 protected:
  // tools/list is answered by a stream that says `before` and ends; GET by `resumed`.
  static Script Interrupted(std::string before, Play resumed) {
    Script script = Legacy();
    script["tools/list"] = [before](const Seen&, support::RawSocket&) {
      return StreamHead() + Chunk(before) + Chunk("");
    };
    script["GET"] = std::move(resumed);
    return script;
  }
  static std::string ListAnswer(std::string_view id) {
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":)" + std::string(kTools) +
           "}";
  }
  static Target Newest(const ScriptedServer& server) {
    return Pinned(At(server), mcp::kNewestLegacy);
  }
};

TEST_F(ResumeTest, ComesBackWithTheLastEventIdAfterTheTimeAskedFor) {
  using Clock = std::chrono::steady_clock;
  auto id = std::make_shared<std::string>();
  auto ended = std::make_shared<Clock::time_point>();
  auto pause = std::make_shared<Clock::duration>();
  Script script = Legacy();
  script["tools/list"] = [=](const Seen& seen, support::RawSocket&) {
    *id = seen.id;
    *ended = Clock::now();
    return StreamHead() + Chunk("id: event-7\nretry: 120\ndata: \n\n") + Chunk("");
  };
  script["GET"] = [=](const Seen&, support::RawSocket& socket) {
    *pause = Clock::now() - *ended;
    socket.Send(StreamHead() + Chunk("id: event-8\ndata: \n\n") + Chunk(Event(ListAnswer(*id))));
    socket.WaitForClose();  // the stream stays open after the answer
    return std::nullopt;
  };
  ScriptedServer server(script);
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.tools, 2u);
  EXPECT_GE(*pause, milliseconds(120));
  EXPECT_THAT(server.Sequence(), ElementsAre("POST initialize", "POST notifications/initialized",
                                             "POST tools/list", "GET", "DELETE"));
  const Seen resumed = server.Only("GET");
  EXPECT_EQ(resumed.Header("last-event-id"), "event-7");
  EXPECT_EQ(resumed.Header("accept"), "text/event-stream");
  EXPECT_EQ(resumed.Header("mcp-session-id"), "session-1");
  EXPECT_EQ(resumed.Header("mcp-protocol-version"), "2025-11-25");
}

TEST_F(ResumeTest, StreamThatIsCutIsResumedToo) {
  auto id = std::make_shared<std::string>();
  Script script = Legacy();
  script["tools/list"] = [=](const Seen& seen, support::RawSocket& socket) {
    *id = seen.id;
    socket.Send(StreamHead() + Chunk("id: 1\nretry: 1\ndata: \n\n"));
    return std::nullopt;
  };
  script["GET"] = [=](const Seen&, support::RawSocket&) {
    return StreamHead() + Chunk(Event(ListAnswer(*id))) + Chunk("");
  };
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Newest(server)), Succeeded());
}

TEST_F(ResumeTest, WithoutAnEventIdTheAnswerIsLost) {
  ScriptedServer server(Interrupted(": nothing\n\n", Hang()));
  EXPECT_THAT(Probe(Newest(server)), FailedWith(Reason::kStreamCut, Phase::kListTools));
  EXPECT_THAT(server.Sequence(), ElementsAre("POST initialize", "POST notifications/initialized",
                                             "POST tools/list", "DELETE"));
}

TEST_F(ResumeTest, ServerThatDoesNotResumeHasLostTheAnswer) {
  ScriptedServer server(Interrupted("id: 1\nretry: 1\ndata: \n\n", Fixed(Http(405, "", ""))));
  const ProbeResult result = Probe(Newest(server));
  EXPECT_THAT(result, FailedWith(Reason::kStreamCut, Phase::kListTools));
  EXPECT_THAT(result.detail, HasSubstr("405"));
}

TEST_F(ResumeTest, GivesUpAfterThreeAttempts) {
  ScriptedServer server(
      Interrupted("id: 1\nretry: 1\ndata: \n\n",
                  Fixed(StreamHead() + Chunk("id: 2\nretry: 1\ndata: \n\n") + Chunk(""))));
  EXPECT_THAT(Probe(Newest(server)), FailedWith(Reason::kStreamCut, Phase::kListTools));
  EXPECT_THAT(server.Sequence(), ElementsAre("POST initialize", "POST notifications/initialized",
                                             "POST tools/list", "GET", "GET", "GET", "DELETE"));
}

TEST_F(ResumeTest, PauseThatOutlastsTheDeadlineIsNotWaitedOut) {
  ScriptedServer server(Interrupted("id: 1\nretry: 3600000\ndata: \n\n", Hang()));
  const ProbeResult result = Probe(Newest(server), kShort);
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.phase, Phase::kListTools);
  EXPECT_LT(result.duration.count(), 5);
  EXPECT_EQ(server.Sequence().back(), "DELETE");
}

TEST_F(ResumeTest, ModernServersAreNotAskedToResume) {
  Script script = Modern();
  script["tools/list"] = Fixed(StreamHead() + Chunk("id: 1\nretry: 1\ndata: \n\n") + Chunk(""));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(At(server)), FailedWith(Reason::kStreamCut, Phase::kListTools));
  EXPECT_THAT(server.Sequence(), ElementsAre("POST server/discover", "POST tools/list"));
}

}  // namespace
}  // namespace mcp_vitals::probe
