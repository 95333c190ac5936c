#include "tests/proxy/observation_fixture.h"

// Sessions of Streamable HTTP: from initialize to their end.
namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;

class SessionTest : public ObservationTest {
 protected:
  std::uint64_t live() const { return vitals_.sessions.live; }
};

TEST_F(SessionTest, InitializeOpensOne) {
  Json(Post(Request("0", "initialize")), 200, Result("0"), "s");
  EXPECT_EQ(live(), 1u);
  EXPECT_EQ(vitals_.sessions.opened, 1u);
  EXPECT_THAT(Operations(), ElementsAre("initialize ok"));
}

TEST_F(SessionTest, InitializeAnsweredByAStreamOpensOneToo) {
  auto exchange = Post(Request("0", "initialize"));
  Stream(exchange, "s");
  Bytes(exchange, kPriming + Event(Result("0")));
  End(exchange);
  EXPECT_EQ(live(), 1u);
  EXPECT_THAT(Operations(), ElementsAre("initialize ok"));
}

TEST_F(SessionTest, InitializeOpensOneWhateverOldIdItNames) {
  Initialize("lost");
  Empty(Post(Call("1"), "lost"), 404);
  for (const std::string_view stale : {"lost", "never seen"}) {
    Json(Post(Request("0", "initialize"), stale), 200, Result("0"), "new");
    EXPECT_EQ(live(), 1u) << stale;
    Empty(Delete("new"), 200);
    EXPECT_EQ(live(), 0u) << stale;
  }
  EXPECT_EQ(vitals_.sessions.opened, 3u);
  EXPECT_EQ(vitals_.sessions.duration.count(), 3u) << "each was seen to begin";
}

TEST_F(SessionTest, InitializeMayBringBackTheIdItNames) {
  Json(Post(Request("0", "initialize"), "s"), 200, Result("0"), "s");
  EXPECT_EQ(vitals_.sessions.opened, 1u);
  Json(Post(Request("0", "initialize"), "s"), 200, Result("0"), "s");
  EXPECT_EQ(vitals_.sessions.opened, 1u) << "it is in that session";
  EXPECT_EQ(live(), 1u);
}

TEST_F(SessionTest, InitializeInALiveOneMayOpenAnother) {
  Initialize("first");
  auto initialize = Post(Request("0", "initialize"), "first");
  auto other = Streaming(Post(Call("1"), "first"));
  Stream(initialize, "second");
  EXPECT_EQ(live(), 2u);
  Empty(Delete("first"), 200);
  EXPECT_EQ(in_flight(), 1u) << "it has gone over to the second";
  Bytes(initialize, Event(Result("0")));
  EXPECT_THAT(Operations(), ElementsAre("initialize ok", "tools/call _OTHER cancelled"));
  End(initialize);
  End(other);
}

TEST_F(SessionTest, NothingElseOpensOne) {
  Json(Post(Request("0", "initialize")), 200, Result("0"));
  Json(Post(Request("0", "initialize")), 400, Error("0", -32602), "s");
  Json(Post(Request("0", "tools/list")), 200, Result("0"), "s");
  EXPECT_EQ(vitals_.sessions.opened, 0u);
  EXPECT_EQ(live(), 0u);
}

TEST_F(SessionTest, DeleteEndsOne) {
  Initialize("s");
  Pass(90);
  Empty(Delete("s"), 200);
  EXPECT_EQ(live(), 0u);
  EXPECT_EQ(Closed(SessionEnd::kDeleted), 1u);
  EXPECT_DOUBLE_EQ(vitals_.sessions.duration.sum(), 90);
  EXPECT_THAT(Requests(), ElementsAre("_DELETE 200"));
}

TEST_F(SessionTest, DeleteThatIsRefusedEndsNone) {
  Initialize("s");
  Empty(Delete("s"), 405);
  EXPECT_EQ(live(), 1u);
}

TEST_F(SessionTest, DeleteOfAnUnknownOneAdoptsNone) {
  Empty(Delete("unknown"), 200);
  Empty(Delete("unknown"), 404);
  EXPECT_EQ(live(), 0u);
  EXPECT_EQ(Closed(SessionEnd::kDeleted), 0u);
}

TEST_F(SessionTest, DeleteCancelsWhatIsUnderWay) {
  Initialize("s");
  auto call = Streaming(Post(Call("1"), "s"));
  Empty(Delete("s"), 204);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
  Bytes(call, Event(Result("1")));
  End(call);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
}

TEST_F(SessionTest, AnswersAfterTheEndLeaveNothingBehind) {
  Initialize("s");
  auto stream = Streaming(Post(Call("1"), "s"), kPriming);
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json";
  facts.session_id = "s";
  auto late = Begin(facts);
  Empty(Delete("s"), 204);
  late->RequestBytes(Call("2"));
  late->RequestEnd();
  Stream(late);
  Bytes(late, kPriming);
  Break(late, StreamEnd::kCut);
  Break(stream, StreamEnd::kCut);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled", "tools/call _OTHER cut"));
}

TEST_F(SessionTest, TheServerMayHaveLostIt) {
  Initialize("s");
  Json(Post(Call("1"), "s"), 404, Error("null", -32001));
  EXPECT_EQ(live(), 0u);
  EXPECT_EQ(Closed(SessionEnd::kLost), 1u);
}

TEST_F(SessionTest, SomeServersSay400) {
  Initialize("s");
  Json(Post(Call("1"), "s"), 400,
       Error("null", -32000, "Bad Request: No valid session ID provided"));
  EXPECT_EQ(Closed(SessionEnd::kLost), 1u);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER rpc_other"));
  for (const std::string_view message : {"Session not found", "MCP-SESSION-ID?", "session"}) {
    Initialize("s");
    Json(Post(Call("1"), "s"), 400, Error("null", -32001, message));
    EXPECT_EQ(live(), 0u) << message;
  }
}

TEST_F(SessionTest, An400ThatSpeaksOfSomethingElseEndsNone) {
  Initialize("s");
  for (const std::string_view message :
       {"Bad Request: Unsupported protocol version", "sessio", "no", ""}) {
    Json(Post(Call("1"), "s"), 400, Error("null", -32000, message));
    Json(Post(Call("1"), "s"), 400, Error("null", -32001, message));
  }
  Json(Post(Call("1"), "s"), 400, Error("null", -32602, "no session"));
  Json(Post(Call("1"), "s"), 400, R"({"error":{"code":-32000}})");
  EXPECT_EQ(live(), 1u);
  EXPECT_THAT(Operations(),
              ElementsAre("tools/call _OTHER invalid_params", "tools/call _OTHER rpc_other x9"));
}

TEST_F(SessionTest, An400ThatAnswersTheRequestEndsNone) {
  Initialize("s");
  Json(Post(Call("1"), "s"), 400, Error("1", -32602));
  Empty(Post(Call("2"), "s"), 400);
  EXPECT_EQ(live(), 1u);
}

TEST_F(SessionTest, ALostSessionCutsWhatElseIsUnderWay) {
  Initialize("s");
  auto other = Streaming(Post(Request("1", "tools/list"), "s"));
  Empty(Post(Call("2"), "s"), 404);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER http_4xx", "tools/list cut"));
  End(other);
}

TEST_F(SessionTest, AnOperationMayBeCancelledFromAnotherExchange) {
  Initialize("s");
  auto call = Streaming(Post(Call("1"), "s"));
  Pass(2);
  Empty(Post(Cancel("1"), "s"), 202);
  EXPECT_EQ(in_flight(), 0u);
  Pass(2);
  End(call);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
  EXPECT_DOUBLE_EQ(Seconds(), 2);
}

TEST_F(SessionTest, CancellingWhatIsNotThereIsNothing) {
  Initialize("s");
  auto call = Post(Call("1"), "s");
  for (std::string_view id : {"2", "\"1\"", "null"}) Empty(Post(Cancel(id), "s"), 202);
  Empty(Post(Cancel("1")), 202);
  EXPECT_EQ(in_flight(), 1u);
  Json(std::move(call), 200, Result("1"));
}

TEST_F(SessionTest, TheSameIdInTwoExchangesIsAnsweredEachInItsOwn) {
  Initialize("s");
  auto first = Streaming(Post(Call("1"), "s"));
  auto second = Streaming(Post(Request("1", "tools/list"), "s"));
  Bytes(second, Event(Error("1", -32602)));
  EXPECT_THAT(Operations(), ElementsAre("tools/list invalid_params"));
  Bytes(first, Event(Result("1")));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok", "tools/list invalid_params"));
  End(first);
  End(second);
}

TEST_F(SessionTest, IdleOnesExpire) {
  Initialize("s");
  TickAfter(1799);
  EXPECT_EQ(live(), 1u);
  Empty(Post(Notification("ping"), "s"), 202);
  TickAfter(1799);
  EXPECT_EQ(live(), 1u) << "heard of since";
  TickAfter(1);
  EXPECT_EQ(live(), 0u);
  EXPECT_EQ(Closed(SessionEnd::kExpired), 1u);
  EXPECT_DOUBLE_EQ(vitals_.sessions.duration.sum(), 3599);
}

TEST_F(SessionTest, TimeIsLookedAtOnceASecond) {
  options_.session_idle = std::chrono::milliseconds(100);
  Initialize("s");
  TickAfter(0.05);
  TickAfter(0.95);
  EXPECT_EQ(live(), 1u) << "it has looked less than a second ago";
  TickAfter(0.06);
  EXPECT_EQ(live(), 0u);
}

TEST_F(SessionTest, NoneExpiresWhileItIsInUse) {
  Initialize("s");
  auto stream = Streaming(Get("s"));
  auto call = Post(Call("1"), "s");
  TickAfter(10'000);
  EXPECT_EQ(live(), 1u);
  Break(stream, StreamEnd::kClient);
  TickAfter(10'000);
  EXPECT_EQ(live(), 1u);
  Json(std::move(call), 200, Result("1"));
  TickAfter(1);
  EXPECT_EQ(live(), 0u);
}

TEST_F(SessionTest, OneThatIsInUseIsAdopted) {
  Json(Post(Call("1"), "s"), 200, Result("1"));
  EXPECT_EQ(live(), 1u);
  EXPECT_EQ(vitals_.sessions.opened, 0u) << "nobody saw that";
  Empty(Delete("s"), 200);
  EXPECT_EQ(Closed(SessionEnd::kDeleted), 1u);
  EXPECT_EQ(vitals_.sessions.duration.count(), 0u) << "its age is not known";
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
}

TEST_F(SessionTest, OneThatIsRefusedIsNotAdopted) {
  Empty(Post(Call("1"), "s"), 404);
  Empty(Post(Call("1"), "s"), 400);
  EXPECT_EQ(live(), 0u);
  EXPECT_EQ(Closed(SessionEnd::kLost), 0u);
}

TEST_F(SessionTest, OneIsAdoptedOnceHoweverManyAsk) {
  auto first = Post(Call("1"), "s");
  auto second = Post(Call("2"), "s");
  Stream(first);
  Stream(second);
  EXPECT_EQ(live(), 1u);
  Empty(Post(Cancel("1"), "s"), 202);
  Empty(Post(Cancel("2"), "s"), 202);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled x2"));
  End(first);
  End(second);
  TickAfter(1800);
  EXPECT_EQ(Closed(SessionEnd::kExpired), 1u);
}

TEST_F(SessionTest, AServerThatGivesTheSameIdAgainHasLostTheFirst) {
  Initialize("s");
  Initialize("s");
  EXPECT_EQ(live(), 1u);
  EXPECT_EQ(vitals_.sessions.opened, 2u);
  EXPECT_EQ(Closed(SessionEnd::kLost), 1u);
  Empty(Delete("s"), 200);
  EXPECT_EQ(live(), 0u);
}

TEST_F(SessionTest, BeyondTheLimitSessionsAreNotFollowed) {
  options_.max_sessions = 1;
  Observer strict{options_, bodies_, tools_, vitals_};
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json";
  for (std::string_view id : {"1", "2", "3"}) {
    facts.session_id = id;
    auto call = strict.Begin(facts, now_);
    call->RequestBytes(Call("1"));
    call->RequestEnd();
    Json(std::move(call), 200, Result("1"));
  }
  EXPECT_EQ(live(), 1u);
  EXPECT_EQ(vitals_.hits(vitals::Limit::kSessions), 2u);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok x3"));
}

TEST_F(SessionTest, BeyondTheLimitInitializeStaysWhereItIs) {
  options_.max_sessions = 1;
  Observer strict{options_, bodies_, tools_, vitals_};
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json";
  for (const std::string_view stale : {"", "first", "unknown"}) {
    facts.session_id = stale;
    auto initialize = strict.Begin(facts, now_);
    initialize->RequestBytes(Request("0", "initialize"));
    initialize->RequestEnd();
    Json(std::move(initialize), 200, Result("0"), stale.empty() ? "first" : "second");
  }
  EXPECT_EQ(live(), 1u);
  EXPECT_EQ(vitals_.hits(vitals::Limit::kSessions), 2u);
  EXPECT_THAT(Operations(), ElementsAre("initialize ok x3"));
}

}  // namespace
}  // namespace mcp_vitals::proxy
