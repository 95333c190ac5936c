// How the dialect of a server is found out, remembered, and found out anew.

#include "tests/probe/probe_fixture.h"

namespace mcp_vitals::probe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DetectTest : public ProbeFixture {};

TEST_F(DetectTest, AsksForTheModernEraFirstAndThenInitializes) {
  ScriptedServer server(Legacy());
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.era, "legacy");
  EXPECT_THAT(server.Sequence(),
              ElementsAre("POST server/discover", "POST initialize",
                          "POST notifications/initialized", "POST tools/list", "DELETE"));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_TRUE(result.phases[static_cast<std::size_t>(Phase::kDiscover)]);
}

TEST_F(DetectTest, FindsTheOlderTransportLast) {
  ScriptedServer server(HttpSseScript().script());
  Target target = At(server);
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.transport, "sse");
  EXPECT_EQ(result.protocol_version, "2025-06-18");
  EXPECT_THAT(server.Sequence(),
              ElementsAre("POST server/discover", "POST initialize", "GET", "POST initialize",
                          "POST notifications/initialized", "POST tools/list"));
}

TEST_F(DetectTest, SecondProbeKnowsTheDialect) {
  ScriptedServer legacy(Legacy());
  Probe(At(legacy));
  EXPECT_THAT(Probe(At(legacy)), Succeeded());
  EXPECT_EQ(legacy.requests().size(), 5u + 4u);
  EXPECT_EQ(legacy.requests()[5].method, "initialize");

  ScriptedServer sse(HttpSseScript().script());
  Probe(At(sse));
  EXPECT_THAT(Probe(At(sse)), Succeeded());
  EXPECT_EQ(sse.requests().size(), 6u + 4u);
  EXPECT_EQ(sse.requests()[6].verb, "GET");
}

TEST_F(DetectTest, PathsOfOneServerAreKnownApart) {
  HttpSseScript sse;
  Script both = Modern();
  const Script stream = sse.script();
  both["GET"] = stream.at("GET");
  for (const char* method : {"server/discover", "tools/list"}) {
    both[method] = [modern = both[method], older = stream.at("*")](const Seen& seen,
                                                                   support::RawSocket& socket) {
      return seen.target == "/mcp"   ? modern(seen, socket)
             : seen.target == "/sse" ? std::optional(Http(404, "text/plain", "Cannot POST /sse"))
                                     : older(seen, socket);
    };
  }
  both["*"] = [older = stream.at("*")](const Seen& seen, support::RawSocket& socket) {
    return seen.target == "/sse" ? std::optional(Http(404, "text/plain", "Cannot POST /sse"))
                                 : older(seen, socket);
  };
  ScriptedServer server(both);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Probe(At(server, "/mcp")).era, "modern");
    EXPECT_EQ(Probe(At(server, "/sse")).transport, "sse");
  }
}

TEST_F(DetectTest, ServerThatChangesItsDialectIsFoundOutWithinTheSameProbe) {
  auto modern_now = std::make_shared<std::atomic<bool>>(false);
  Script script;
  script["*"] = [modern_now, modern = Modern(), legacy = Legacy()](const Seen& seen,
                                                                   support::RawSocket& socket) {
    const Script& now = *modern_now ? modern : legacy;
    const auto play = now.find(seen.method.empty() ? seen.verb : seen.method);
    return (play == now.end() ? now.at("*") : play->second)(seen, socket);
  };
  ScriptedServer server(script);
  EXPECT_EQ(Probe(At(server)).era, "legacy");
  *modern_now = true;
  const ProbeResult upgraded = Probe(At(server));
  EXPECT_THAT(upgraded, Succeeded());
  EXPECT_EQ(upgraded.era, "modern");
  *modern_now = false;
  const ProbeResult downgraded = Probe(At(server));
  EXPECT_THAT(downgraded, Succeeded());
  EXPECT_EQ(downgraded.era, "legacy");
}

// Replicas without affinity: a server that fails in the dialect it speaks has failed, whatever
// comes of a second try.
TEST_F(DetectTest, FailureInTheKnownDialectIsNotHiddenByAnotherTry) {
  auto failing = std::make_shared<std::atomic<bool>>(false);
  Script script = Legacy();
  script["notifications/initialized"] = [failing](const Seen&, support::RawSocket&) {
    const bool fail = failing->exchange(false);
    return std::optional(fail ? Http(404, "text/plain", "no session") : Http(202, "", ""));
  };
  ScriptedServer server(script);
  ASSERT_THAT(Probe(At(server)), Succeeded());
  *failing = true;
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, FailedWith(Reason::kSessionError, Phase::kInitialize));
  EXPECT_EQ(result.protocol_version, "2025-11-25");
  std::size_t opened = 0, ended = 0;
  for (const Seen& seen : server.requests()) {
    opened += seen.What() == "POST initialize";
    ended += seen.What() == "DELETE";
    if (seen.What() != "POST initialize") continue;
    EXPECT_EQ(seen.Header("mcp-protocol-version"), "");
    EXPECT_EQ(seen.Header("mcp-session-id"), "");
  }
  EXPECT_EQ(ended, opened);
  EXPECT_THAT(Probe(At(server)), Succeeded());
}

TEST_F(DetectTest, SessionOfADialectThatWasGivenUpIsEnded) {
  auto modern_now = std::make_shared<std::atomic<bool>>(false);
  Script script;
  script["*"] = [modern_now, modern = Modern(), legacy = Legacy()](const Seen& seen,
                                                                   support::RawSocket& socket) {
    const bool both = *modern_now && modern.contains(seen.method);
    const Script& now = both ? modern : legacy;
    if (*modern_now && seen.method == "notifications/initialized") {
      return std::optional(Http(500, "", ""));
    }
    const auto play = now.find(seen.method.empty() ? seen.verb : seen.method);
    return play == now.end() ? now.at("*")(seen, socket) : play->second(seen, socket);
  };
  ScriptedServer server(script);
  ASSERT_EQ(Probe(At(server)).era, "legacy");
  *modern_now = true;
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.era, "modern");
  std::size_t opened = 0, ended = 0;
  for (const Seen& seen : server.requests()) {
    opened += seen.What() == "POST initialize";
    ended += seen.What() == "DELETE";
  }
  EXPECT_EQ(opened, 2u);
  EXPECT_EQ(ended, opened);
}

// A rollback: the older server hangs up on server/discover, or says nothing to it.
TEST_F(DetectTest, ServerThatIsDeafToTheKnownDialectIsFoundOutAgain) {
  for (const Play& deaf : {CloseAtOnce(), Hang()}) {
    auto rolled_back = std::make_shared<std::atomic<bool>>(false);
    Script script;
    script["*"] = [rolled_back, deaf, modern = Modern(), legacy = Legacy()](
                      const Seen& seen, support::RawSocket& socket) {
      if (*rolled_back && seen.method == "server/discover") return deaf(seen, socket);
      const Script& now = *rolled_back ? legacy : modern;
      const auto play = now.find(seen.method.empty() ? seen.verb : seen.method);
      return play == now.end() ? now.at("*")(seen, socket) : play->second(seen, socket);
    };
    ScriptedServer server(script);
    ASSERT_EQ(Probe(At(server)).era, "modern");
    *rolled_back = true;
    Probe(At(server), kShort);  // may fail: its time may be over before the next dialect's turn
    const ProbeResult result = Probe(At(server), std::chrono::seconds(2));
    EXPECT_THAT(result, Succeeded());
    EXPECT_EQ(result.era, "legacy");
  }
}

// Of both eras; says nothing to server/discover while it is silent.
Script SilentAtTimes(std::shared_ptr<std::atomic<bool>> silent) {
  Script script = Legacy();
  script["server/discover"] = [silent = std::move(silent),
                               discover = Modern().at("server/discover"),
                               hang = Hang()](const Seen& seen, support::RawSocket& socket) {
    return (*silent ? hang : discover)(seen, socket);
  };
  return script;
}

TEST_F(DetectTest, ServerThatIsSilentOnceHasFailedOnceAndKeepsItsDialect) {
  auto silent = std::make_shared<std::atomic<bool>>(false);
  ScriptedServer server(SilentAtTimes(silent));
  ASSERT_EQ(Probe(At(server)).era, "modern");
  *silent = true;
  EXPECT_FALSE(Probe(At(server), std::chrono::seconds(2)).success);
  *silent = false;
  EXPECT_EQ(Probe(At(server)).era, "modern");
}

TEST_F(DetectTest, ServerThatIsSilentAtItsStartIsFoundOutAgain) {
  auto silent = std::make_shared<std::atomic<bool>>(true);
  ScriptedServer server(SilentAtTimes(silent));
  EXPECT_EQ(Probe(At(server), std::chrono::seconds(2)).era, "legacy");
  *silent = false;
  EXPECT_EQ(Probe(At(server)).era, "modern");
}

TEST_F(DetectTest, FixedProtocolIsNeitherLookedForNorRemembered) {
  ScriptedServer server(Legacy());
  EXPECT_THAT(Probe(Pinned(At(server), mcp::kNewest)),
              FailedWith(Reason::kInitError, Phase::kDiscover));
  EXPECT_THAT(server.Sequence(), ElementsAre("POST server/discover"));
  EXPECT_THAT(Probe(Pinned(At(server), mcp::kNewestLegacy)), Succeeded());
  EXPECT_THAT(Probe(At(server)), Succeeded());
  EXPECT_EQ(server.requests()[5].method, "server/discover");
}

// Answers to server/discover that say nothing of the modern era; the server is asked on.
class UnclearDiscoveryTest : public DetectTest, public testing::WithParamInterface<int> {
 public:
  static std::vector<Play> Answers() {
    return {
        Error(200, -32601, "Method not found"),
        Error(404, -32601, "Method not found"),
        Error(400, -32000, "Bad Request: Server not initialized"),
        Error(400, -32600, "Bad Request: Missing session ID"),
        Result("{}"),
        Fixed(Http(202, "", "")),
        Fixed(Http(405, "text/plain", "Method Not Allowed")),
        Fixed(Http(406, "application/json", "{}")),
        Fixed(Http(422, "application/json", R"({"detail":"unprocessable"})")),
        Fixed(Http(500, "text/plain", "Internal Server Error")),
        Fixed(Http(200, "text/html", "<html>hello")),
        Fixed(Http(200, "application/json", "garbage")),
        CloseAtOnce(),
        Cut(StreamHead()),
    };
  }
};

TEST_P(UnclearDiscoveryTest, GoesOnToInitialize) {
  Script script = Legacy();
  script["server/discover"] = Answers()[static_cast<std::size_t>(GetParam())];
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.era, "legacy");
}

INSTANTIATE_TEST_SUITE_P(Answers, UnclearDiscoveryTest,
                         testing::Range(0,
                                        static_cast<int>(UnclearDiscoveryTest::Answers().size())));

TEST_F(DetectTest, ServerThatNeverAnswersDiscoverIsStillAskedToInitialize) {
  Script script = Legacy();
  script["server/discover"] = Hang();
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server), std::chrono::milliseconds(2'000));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.era, "legacy");
}

TEST_F(DetectTest, ServerThatAnswersNothingTimesOutInDiscover) {
  ScriptedServer server({{"*", Hang()}});
  EXPECT_THAT(Probe(At(server), kShort), FailedWith(Reason::kTimeout, Phase::kDiscover));
}

TEST_F(DetectTest, PathThatServesNothingIsAnHttpErrorWithAHint) {
  ScriptedServer server({});
  const ProbeResult result = Probe(At(server, "/"));
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.reason, Reason::kHttpError);
  EXPECT_EQ(result.http_status, 404);
  EXPECT_THAT(result.detail, HasSubstr("404"));
  EXPECT_THAT(result.hint, HasSubstr("/mcp"));
}

TEST_F(DetectTest, WebSiteIsNotMcp) {
  ScriptedServer server({{"*", Fixed(Http(200, "text/html", "<html>Welcome"))},
                         {"GET", Fixed(Http(200, "text/html", "<html>Welcome"))}});
  EXPECT_EQ(Probe(At(server)).reason, Reason::kNotMcp);
}

// A server that refuses what it is asked says more than the lack of an older stream.
TEST_F(DetectTest, ErrorOfInitializeIsReportedAfterEveryDialectFailed) {
  Script script = Legacy();
  script["initialize"] = Error(400, -32603, "license expired");
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, FailedWith(Reason::kInitError, Phase::kInitialize));
  EXPECT_THAT(result.detail, HasSubstr("license expired"));
}

TEST_F(DetectTest, RefusalThatNoDialectExplainsIsNotAskedAgain) {
  for (const int status : {401, 403, 429}) {
    ScriptedServer server({{"*", Fixed(Http(status, "text/plain", "no"))}});
    const ProbeResult result = Probe(At(server));
    EXPECT_THAT(result, FailedWith(status == 429 ? Reason::kRateLimited : Reason::kAuthRequired,
                                   Phase::kDiscover));
    EXPECT_EQ(server.Only("POST server/discover").verb, "POST");
  }
}

// mcp-context-forge: GET answers 200 for ever, and the worker behind it is wedged.
TEST_F(DetectTest, OldStreamWithoutAnEndpointTimesOut) {
  Script script;
  script["GET"] = [](const Seen&, support::RawSocket& socket) {
    socket.Send(StreamHead() + Chunk(": open\n\n"));
    socket.WaitForClose();
    return std::nullopt;
  };
  ScriptedServer server(script);
  EXPECT_THAT(Probe(At(server, "/sse"), kShort), FailedWith(Reason::kTimeout, Phase::kInitialize));
}

}  // namespace
}  // namespace mcp_vitals::probe
