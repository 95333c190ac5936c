#include "tests/proxy/observation_fixture.h"

// 2024-11-05: a GET whose stream names an endpoint, and carries the answers to what is posted
// there.
namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class OldTransportTest : public ObservationTest {};

TEST_F(OldTransportTest, AStreamOpensASession) {
  auto stream = Streaming(Get());
  EXPECT_EQ(vitals_.sessions.live, 0u);
  Bytes(stream, kEndpoint);
  EXPECT_EQ(vitals_.sessions.live, 1u);
  EXPECT_EQ(vitals_.sessions.opened, 1u);
  EXPECT_EQ(Of(StreamKind::kSse).live, 1u);
  EXPECT_EQ(Of(StreamKind::kSse).opened, 1u);
  Pass(60);
  Break(stream, StreamEnd::kClient);
  EXPECT_EQ(vitals_.sessions.live, 0u);
  EXPECT_EQ(Closed(SessionEnd::kDeleted), 1u);
  EXPECT_EQ(Closed(StreamKind::kSse, StreamEnd::kClient), 1u);
  EXPECT_DOUBLE_EQ(vitals_.sessions.duration.sum(), 60);
}

TEST_F(OldTransportTest, HowASessionEnds) {
  const std::pair<StreamEnd, SessionEnd> table[] = {{StreamEnd::kClient, SessionEnd::kDeleted},
                                                    {StreamEnd::kDrain, SessionEnd::kDeleted},
                                                    {StreamEnd::kCut, SessionEnd::kLost},
                                                    {StreamEnd::kIdle, SessionEnd::kLost}};
  for (const auto& [stream_end, session_end] : table) {
    const std::uint64_t before = Closed(session_end);
    auto stream = OldStream();
    Break(stream, stream_end);
    EXPECT_EQ(Closed(session_end), before + 1) << ToString(stream_end);
  }
  auto stream = OldStream();
  End(stream);
  EXPECT_EQ(Closed(SessionEnd::kLost), 3u) << "the server ended it";
}

TEST_F(OldTransportTest, AnAnswerComesOnTheStream) {
  auto stream = OldStream();
  Pass(1);
  Empty(PostMessage(Call("1")), 202);
  EXPECT_EQ(in_flight(), 1u);
  Pass(2);
  Bytes(stream, Event(Result("1")));
  EXPECT_EQ(in_flight(), 0u);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
  EXPECT_THAT(Requests(), ElementsAre("_GET 200", "tools/call 202"));
  EXPECT_DOUBLE_EQ(Seconds(), 2);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, AnAnswerMayComeBefore202) {
  auto stream = OldStream();
  auto post = PostMessage(Call("1"));
  Pass(1);
  Bytes(stream, Event(Result("1", R"("isError":true)")));
  EXPECT_EQ(in_flight(), 0u);
  Pass(1);
  Empty(std::move(post), 202);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER tool_error"));
  EXPECT_DOUBLE_EQ(Seconds(), 1);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, AnAnswerMayComeAfterAnyTime) {
  auto stream = OldStream();
  Empty(PostMessage(Call("1")), 202);
  TickAfter(36'000);
  EXPECT_EQ(in_flight(), 1u);
  EXPECT_EQ(vitals_.sessions.live, 1u);
  Bytes(stream, Event(Result("1")));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, AToolMayTakeNoLongerThanItMay) {
  LearnTools();
  options_.tool_timeouts["add"] = std::chrono::seconds(30);
  auto stream = OldStream();
  auto post = PostMessage(Call("1", "add"));
  Pass(10);
  Empty(std::move(post), 202);
  Empty(PostMessage(Call("2", "sub")), 202);
  TickAfter(19);
  EXPECT_EQ(in_flight(), 2u);
  TickAfter(1);
  EXPECT_EQ(in_flight(), 1u) << "another tool may take longer";
  EXPECT_THAT(Operations(), ElementsAre("tools/call add cut"));
  EXPECT_DOUBLE_EQ(Seconds(), 30) << "since it was asked";
  EXPECT_EQ(vitals_.hits(vitals::Limit::kToolTimeout), 1u);
  Bytes(stream, Event(Result("1")) + Event(Result("2")));
  EXPECT_THAT(Operations(), UnorderedElementsAre("tools/call add cut", "tools/call sub ok"));
  TickAfter(3600);
  EXPECT_EQ(vitals_.hits(vitals::Limit::kToolTimeout), 1u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, ItsTimeMayBeOverBeforeTheClientIsGivenUp) {
  options_.tool_timeouts["slow"] = std::chrono::hours(1);
  options_.tool_timeouts["fast"] = std::chrono::seconds(30);
  auto stream = OldStream();
  auto slow = PostMessage(Call("1", "slow"));
  auto fast = PostMessage(Call("2", "fast"));
  Break(slow, StreamEnd::kClient);
  Break(fast, StreamEnd::kClient);
  TickAfter(30);
  EXPECT_EQ(in_flight(), 1u);
  EXPECT_EQ(vitals_.hits(vitals::Limit::kToolTimeout), 1u);
  TickAfter(30);
  EXPECT_EQ(in_flight(), 0u) << "nobody has waited for an answer to its POST";
  EXPECT_EQ(vitals_.hits(vitals::Limit::kToolTimeout), 1u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, AMessageMayBeRefusedInItsPlace) {
  auto stream = OldStream();
  Empty(PostMessage(Call("1")), 400);
  Json(PostMessage(Call("2")), 400, Error("2", -32602));
  Empty(PostMessage(Call("3")), 503);
  EXPECT_THAT(Operations(),
              ElementsAre("tools/call _OTHER invalid_params", "tools/call _OTHER http_4xx",
                          "tools/call _OTHER http_5xx"));
  EXPECT_EQ(vitals_.sessions.live, 1u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, TheEndOfTheStreamEndsWhatIsUnderWay) {
  auto left = OldStream();
  Empty(PostMessage(Call("1")), 202);
  Break(left, StreamEnd::kClient);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
  auto cut = OldStream();
  Empty(PostMessage(Call("2")), 202);
  Break(cut, StreamEnd::kCut);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled", "tools/call _OTHER cut"));
}

TEST_F(OldTransportTest, TheStreamMayEndBeforeThe202) {
  auto stream = OldStream();
  auto post = PostMessage(Call("1"));
  Break(stream, StreamEnd::kClient);
  EXPECT_EQ(in_flight(), 0u);
  Empty(std::move(post), 202);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
}

TEST_F(OldTransportTest, TheStreamMayEndBeforeTheMessageIsWhole) {
  for (const int status : {202, 404}) {
    auto stream = OldStream();
    RequestFacts facts;
    facts.http_method = "POST";
    facts.target = "/messages?sessionId=s";
    facts.content_type = "application/json";
    auto post = Begin(facts);
    Break(stream, StreamEnd::kClient);
    post->RequestBytes(Call("1"));
    post->RequestEnd();
    Empty(std::move(post), status);
    EXPECT_EQ(in_flight(), 0u) << status;
  }
}

TEST_F(OldTransportTest, AClientMayLeaveItsPostAndStillGetTheAnswer) {
  auto stream = OldStream();
  auto post = PostMessage(Call("1"));
  Break(post, StreamEnd::kClient);
  EXPECT_EQ(in_flight(), 1u);
  Bytes(stream, Event(Result("1")));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, APostThatNeverEndsIsGivenUpOnceItsClientHasLeftIt) {
  auto stream = OldStream();
  auto post = PostMessage(Call("1"));
  Break(post, StreamEnd::kCut);
  TickAfter(61);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cut"));
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, ACallIsCancelledByANotification) {
  auto stream = OldStream();
  Empty(PostMessage(Call("1")), 202);
  Empty(PostMessage(Call("\"1\"")), 202);
  Pass(3);
  Empty(PostMessage(Cancel("1")), 202);
  EXPECT_EQ(in_flight(), 1u);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
  EXPECT_DOUBLE_EQ(Seconds(), 3);
  Bytes(stream, Event(Result("1")));
  EXPECT_EQ(in_flight(), 1u) << "too late";
  Bytes(stream, Event(Result("\"1\"")));
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, IdsInFlightTwiceAreAnsweredInTheirOrder) {
  auto stream = OldStream();
  Empty(PostMessage(Call("1")), 202);
  Pass(1);
  Empty(PostMessage(Request("1", "tools/list")), 202);
  Bytes(stream, Event(Error("1", -32602)));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER invalid_params"));
  Bytes(stream, Event(Result("1")));
  EXPECT_EQ(in_flight(), 0u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, RequestsOfTheServerAreNoAnswers) {
  auto stream = OldStream();
  Empty(PostMessage(Call("1")), 202);
  Bytes(stream, Event(Request("1", "roots/list")) + Event(Notification("notifications/message")));
  Empty(PostMessage(Result("1", R"("roots":[])")), 202);
  EXPECT_EQ(in_flight(), 1u);
  Bytes(stream, Event(Result("1")));
  EXPECT_EQ(in_flight(), 0u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, SessionsDoNotMix) {
  auto one = Streaming(Get(), "event: endpoint\ndata: /messages?sessionId=1\n\n");
  auto two = Streaming(Get(), "event: endpoint\ndata: /messages?sessionId=2\n\n");
  Empty(Post(Call("7"), "", "/messages?sessionId=1"), 202);
  Empty(Post(Request("7", "tools/list"), "", "/messages?sessionId=2"), 202);
  Bytes(two, Event(Result("7")));
  EXPECT_THAT(Operations(), ElementsAre("tools/list ok"));
  Bytes(one, Event(Result("7")));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok", "tools/list ok"));
  Break(one, StreamEnd::kClient);
  Break(two, StreamEnd::kClient);
}

TEST_F(OldTransportTest, TheEndpointMayComeInPieces) {
  auto stream = Streaming(Get());
  for (const char c : kEndpoint) Bytes(stream, {&c, 1});
  Empty(PostMessage(Call("1")), 202);
  EXPECT_EQ(in_flight(), 1u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, OnlyTheFirstEndpointCounts) {
  auto stream = OldStream();
  Bytes(stream, "event: endpoint\ndata: /messages?sessionId=other\n\n");
  EXPECT_EQ(vitals_.sessions.opened, 1u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, ASessionIsNotIdleWhileItsStreamLives) {
  auto stream = OldStream();
  TickAfter(100'000);
  EXPECT_EQ(vitals_.sessions.live, 1u);
  EXPECT_EQ(Closed(SessionEnd::kExpired), 0u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(OldTransportTest, PostsToNoSessionAreJudgedByTheirStatus) {
  Empty(PostMessage(Call("1")), 404);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER http_4xx"));
  EXPECT_EQ(vitals_.sessions.live, 0u);
}

TEST_F(OldTransportTest, APostThatNeverAnswersEndsWithItsClient) {
  auto post = PostMessage(Call("1"));  // an unknown session
  Pass(30);
  Break(post, StreamEnd::kClient);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
}

TEST_F(OldTransportTest, BeyondTheLimitSessionsAreNotFollowed) {
  options_.max_sessions = 0;
  Observer strict{options_, bodies_, tools_, vitals_};
  RequestFacts facts;
  facts.http_method = "GET";
  facts.accept = "text/event-stream";
  auto stream = strict.Begin(facts, now_);
  Answer(stream, 200, "text/event-stream");
  Bytes(stream, kEndpoint + Event(Result("1")));
  EXPECT_EQ(vitals_.sessions.live, 0u);
  Break(stream, StreamEnd::kClient);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_EQ(Closed(StreamKind::kSse, StreamEnd::kClient), 1u);
}

}  // namespace
}  // namespace mcp_vitals::proxy
