#include "tests/proxy/observation_fixture.h"

// What passes unread, and what is held meanwhile.
namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BoundsTest : public ObservationTest {
 protected:
  static std::string Padded(std::string_view id, std::size_t size) {
    return Result(id, R"("text":")" + std::string(size, 'x') + "\"");
  }
  Exchange Encoded(std::string_view encoding) {
    RequestFacts facts;
    facts.http_method = "POST";
    facts.content_type = "application/json";
    facts.content_encoding = encoding;
    return Begin(facts);
  }
};

TEST_F(BoundsTest, WhatIsHeldIsCharged) {
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json";
  auto call = Begin(facts);
  call->RequestBytes(Call("1"));
  EXPECT_EQ(bodies_.left, kBudget - Call("1").size());
  call->RequestEnd();
  EXPECT_EQ(bodies_.left, kBudget);
  Answer(call, 200, "application/json");
  Bytes(call, "{\"id\":1,");
  EXPECT_EQ(bodies_.left, kBudget - 8);
  Bytes(call, "\"result\":{}}");
  End(call);
  EXPECT_EQ(bodies_.left, kBudget);
}

TEST_F(BoundsTest, UnfinishedEventsAreCharged) {
  auto call = Streaming(Post(Call("1")), "data: abc\ndata: de");
  EXPECT_EQ(bodies_.left, kBudget - 11);
  Bytes(call, "\n\n");
  EXPECT_EQ(bodies_.left, kBudget);
  Bytes(call, "data: rest");
  Break(call, StreamEnd::kClient);
}

TEST_F(BoundsTest, ARequestThatIsTooLargeIsOther) {
  Json(Post(Call("1", std::string(30'000, 'x'))), 200, Result("1"));
  EXPECT_EQ(vitals_.uninspected_bodies, 1u);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_THAT(Requests(), ElementsAre("_OTHER 200"));
}

TEST_F(BoundsTest, AnAnswerThatIsTooLargeHasEndedNobodyKnowsHow) {
  Json(Post(Call("1")), 200, Padded("1", 30'000));
  EXPECT_EQ(vitals_.uninspected_bodies, 1u);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_THAT(Requests(), ElementsAre("tools/call 200"));
}

TEST_F(BoundsTest, ALargeErrorIsStillAnError) {
  Json(Post(Call("1")), 500, Padded("1", 30'000));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER http_5xx"));
}

TEST_F(BoundsTest, AModernAnswerThatIsTooLargeHasEndedToo) {
  Json(PostModern("tools/call"), 200, Padded("1", 30'000));
  EXPECT_THAT(Operations(), IsEmpty());
}

TEST_F(BoundsTest, AnEventThatIsTooLargeEndsTheReadingOfItsStream) {
  auto call = Streaming(Post(Call("1")), Event(Padded("1", 30'000)));
  EXPECT_EQ(vitals_.uninspected_bodies, 1u);
  Bytes(call, Event(Result("1")));
  End(call);
  EXPECT_THAT(Operations(), IsEmpty()) << "its answer may have been in it";
  EXPECT_EQ(vitals_.uninspected_bodies, 1u);
  EXPECT_EQ(Closed(StreamKind::kPost, StreamEnd::kServer), 1u);
}

TEST_F(BoundsTest, AnswersBeforeThatAreCounted) {
  auto call = Streaming(Post(Call("1")), Event(Result("1")) + "data: " + std::string(30'000, 'x'));
  End(call);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
}

TEST_F(BoundsTest, AnOldStreamThatIsReadNoMoreLeavesNothingInFlight) {
  auto stream = OldStream();
  Empty(PostMessage(Call("1")), 202);
  Bytes(stream, Event(Padded("1", 30'000)));
  EXPECT_EQ(in_flight(), 0u);
  Empty(PostMessage(Call("2")), 202);
  EXPECT_EQ(in_flight(), 0u) << "its answer will not be seen";
  EXPECT_THAT(Operations(), IsEmpty());
  Break(stream, StreamEnd::kClient);
}

TEST_F(BoundsTest, WhatIsCompressedIsNotRead) {
  auto call = Post(Call("1"));
  Answer(call, 200, "application/json", "", "gzip");
  Bytes(call, "\x1f\x8b");
  End(call);
  auto stream = Post(Call("1"));
  Answer(stream, 200, "text/event-stream", "", "br");
  Bytes(stream, "\x1f\x8b\n\n");
  End(stream);
  EXPECT_EQ(vitals_.uninspected_bodies, 2u);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_EQ(Of(StreamKind::kPost).opened, 1u);
  EXPECT_EQ(Of(StreamKind::kPost).first_event.count(), 0u);
}

TEST_F(BoundsTest, ACompressedErrorIsStillAnError) {
  auto call = Post(Call("1"));
  Answer(call, 404, "application/json", "", "gzip");
  End(call);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER http_4xx"));
}

TEST_F(BoundsTest, ARequestThatIsCompressedIsOther) {
  auto call = Encoded("gzip");
  call->RequestBytes("\x1f\x8b");
  call->RequestEnd();
  Json(std::move(call), 200, Result("1"));
  EXPECT_EQ(vitals_.uninspected_bodies, 1u);
  EXPECT_THAT(Requests(), ElementsAre("_OTHER 200"));
}

TEST_F(BoundsTest, IdentityIsNoCompression) {
  for (const std::string_view identity : {"identity", "Identity", "IDENTITY"}) {
    auto call = Encoded(identity);
    call->RequestBytes(Call("1"));
    call->RequestEnd();
    Answer(call, 200, "application/json", "", identity);
    Bytes(call, Result("1"));
    End(call);
  }
  EXPECT_EQ(vitals_.uninspected_bodies, 0u);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok x3"));
}

TEST_F(BoundsTest, OneBudgetIsForAll) {
  auto first = Streaming(Post(Call("1")));
  auto second = Streaming(Post(Call("2")));
  bodies_.left = 100;
  Bytes(first, "data: " + std::string(60, 'x'));
  Bytes(second, "data: " + std::string(60, 'x'));
  EXPECT_EQ(vitals_.uninspected_bodies, 1u);
  EXPECT_EQ(bodies_.left, 34u);
  End(first);
  End(second);
  EXPECT_EQ(bodies_.left, 100u);
  bodies_.left = kBudget;
}

TEST_F(BoundsTest, OverTheBudgetBodiesPassUnread) {
  bodies_.left = 10;
  Json(Post(Call("1")), 200, "{\"a\":1}");
  EXPECT_EQ(vitals_.uninspected_bodies, 1u);
  EXPECT_EQ(bodies_.left, 10u);
  bodies_.left = kBudget;
}

TEST_F(BoundsTest, AnAnswerMayBeginBeforeItsRequestHasEnded) {
  auto call = Encoded("");
  call->RequestBytes(Call("1").substr(0, 20));
  Answer(call, 413, "application/json");
  Bytes(call, Error("null", -32000));
  call->RequestBytes(Call("1").substr(20));
  End(call);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_THAT(Requests(), ElementsAre("_OTHER 413"));
}

TEST_F(BoundsTest, OperationsOfOneSessionAreBounded) {
  bodies_.per_body = kBudget;
  auto stream = OldStream();
  std::string batch = "[" + Request("0", "ping");
  for (int i = 1; i < 600; ++i) batch += "," + Request(std::to_string(i), "ping");
  batch += "]";
  for (int i = 0; i < 3; ++i) Empty(PostMessage(batch), 202);
  EXPECT_EQ(in_flight(), 1000u);
  Break(stream, StreamEnd::kClient);
  EXPECT_THAT(Operations(), ElementsAre("ping cancelled x1000"));
}

TEST_F(BoundsTest, NamesThatAreNoLabelsAreNotHeld) {
  auto call = PostModern("tools/call", std::string(30'000, 'x'));
  Json(std::move(call), 200, Result("1"));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
}

TEST_F(BoundsTest, SeriesHaveABudget) {
  options_.max_series = 2;
  Observer strict{options_, bodies_, tools_, vitals_};
  for (std::string_view method : {"ping", "tools/list", "prompts/list", "ping"}) {
    RequestFacts facts;
    facts.http_method = "POST";
    facts.protocol_version = "2026-07-28";
    facts.method = method;
    Json(strict.Begin(facts, now_), 200, Result("1"));
  }
  EXPECT_THAT(Operations(), ElementsAre("_OTHER ok", "ping ok x2", "tools/list ok"));
  EXPECT_EQ(vitals_.hits(vitals::Limit::kSeries), 1u);
}

TEST_F(BoundsTest, EveryWayOutGivesTheBudgetBack) {
  for (const bool request_ends : {false, true}) {
    for (const bool answered : {false, true}) {
      auto call = Encoded("");
      call->RequestBytes(Call("1"));
      if (request_ends) call->RequestEnd();
      if (answered) {
        Answer(call, 200, "application/json");
        Bytes(call, "{\"id\"");
        Break(call, StreamEnd::kCut);
      } else {
        call->Refused(408, now_);
        call.reset();
      }
      EXPECT_EQ(bodies_.left, kBudget) << request_ends << answered;
    }
  }
}

}  // namespace
}  // namespace mcp_vitals::proxy
