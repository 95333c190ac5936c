#include "tests/proxy/observation_fixture.h"

// Streams as such: their kinds, and how they begin and end.
namespace mcp_vitals::proxy {
namespace {

class StreamTest : public ObservationTest {
 protected:
  std::uint64_t Live(StreamKind kind) const { return Of(kind).live; }
  std::uint64_t Opened(StreamKind kind) const { return Of(kind).opened; }
  // A GET that does not say what it would like.
  Exchange GetAnything(std::string_view session = "", std::string_view accept = "*/*") {
    RequestFacts facts;
    facts.http_method = "GET";
    facts.target = "/mcp";
    facts.accept = accept;
    facts.session_id = session;
    Exchange exchange = Begin(facts);
    exchange->RequestEnd();
    return exchange;
  }
};

TEST_F(StreamTest, AGetOfASessionIsThatOfStreamableHttp) {
  Initialize("s");
  auto stream = Streaming(Get("s"));
  EXPECT_TRUE(stream->is_stream());
  EXPECT_EQ(Live(StreamKind::kGet), 1u);
  EXPECT_EQ(Opened(StreamKind::kGet), 1u);
  Break(stream, StreamEnd::kClient);
  EXPECT_EQ(Closed(StreamKind::kGet, StreamEnd::kClient), 1u);
}

TEST_F(StreamTest, AGetThatNamesASessionIsThatOfStreamableHttpEvenBeyondTheLimit) {
  options_.max_sessions = 0;
  Observer strict{options_, bodies_, tools_, vitals_};
  RequestFacts facts;
  facts.http_method = "GET";
  facts.accept = "text/event-stream";
  facts.session_id = "s";
  auto stream = strict.Begin(facts, now_);
  Stream(stream);
  EXPECT_EQ(Live(StreamKind::kGet), 1u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(StreamTest, AGetWithoutASessionIsTakenForTheOldTransportUntilItsFirstEvent) {
  auto stream = Streaming(Get());
  EXPECT_EQ(Live(StreamKind::kSse), 1u);
  EXPECT_EQ(Opened(StreamKind::kSse), 0u);
  Bytes(stream, kEndpoint);
  EXPECT_EQ(Live(StreamKind::kSse), 1u);
  EXPECT_EQ(Opened(StreamKind::kSse), 1u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(StreamTest, AnyOtherFirstEventTellsThatItIsNot) {
  auto stream = Streaming(Get(), Event(Notification("notifications/message")));
  EXPECT_EQ(Live(StreamKind::kSse), 0u);
  EXPECT_EQ(Live(StreamKind::kGet), 1u);
  EXPECT_EQ(Opened(StreamKind::kGet), 1u);
  Bytes(stream, Event(Notification("notifications/message")));
  EXPECT_EQ(Opened(StreamKind::kGet), 1u);
  Break(stream, StreamEnd::kClient);
  EXPECT_EQ(Opened(StreamKind::kSse), 0u);
  EXPECT_EQ(Closed(StreamKind::kGet, StreamEnd::kClient), 1u);
}

TEST_F(StreamTest, OneThatSaysNothingIsCountedAtItsEnd) {
  auto stream = Streaming(Get(), ": keepalive\n\n");
  EXPECT_EQ(Opened(StreamKind::kSse), 0u);
  Break(stream, StreamEnd::kClient);
  EXPECT_EQ(Opened(StreamKind::kSse), 1u);
  EXPECT_EQ(Closed(StreamKind::kSse, StreamEnd::kClient), 1u);
}

TEST_F(StreamTest, AVersionInTheHeadTellsThatItIsNotTheOldTransport) {
  RequestFacts facts;
  facts.http_method = "GET";
  facts.accept = "text/event-stream";
  facts.protocol_version = "2025-06-18";
  auto stream = Streaming(Begin(facts));
  EXPECT_EQ(Live(StreamKind::kGet), 1u);
  EXPECT_EQ(Opened(StreamKind::kGet), 1u);
  Bytes(stream, Event(Notification("notifications/message")));
  Break(stream, StreamEnd::kClient);
  EXPECT_EQ(Opened(StreamKind::kGet), 1u);
  EXPECT_EQ(Opened(StreamKind::kSse), 0u);
}

TEST_F(StreamTest, ButNotWhereTheOldTransportHasBeenSeen) {
  RequestFacts facts;
  facts.http_method = "GET";
  facts.target = "/sse?token=x";
  facts.accept = "text/event-stream";
  auto first = Streaming(Begin(facts), kEndpoint);
  Break(first, StreamEnd::kCut);
  facts.target = "/sse";
  facts.protocol_version = "2025-11-25";
  facts.last_event_id = "1";
  auto again = Streaming(Begin(facts), kEndpoint);
  EXPECT_EQ(Opened(StreamKind::kSse), 2u);
  EXPECT_EQ(Opened(StreamKind::kGet), 0u);
  Break(again, StreamEnd::kClient);
}

TEST_F(StreamTest, OneThatNobodyAskedForIsOneToo) {
  for (const std::string_view accept : {"", "*/*", "text/*"}) {
    auto stream = GetAnything("s", accept);
    EXPECT_FALSE(stream->is_stream());
    EXPECT_FALSE(stream->opens_session_or_stream());
    Stream(stream);
    EXPECT_TRUE(stream->is_stream() && stream->is_lasting()) << accept;
    EXPECT_EQ(Live(StreamKind::kGet), 1u);
    Break(stream, StreamEnd::kClient);
  }
  EXPECT_EQ(Opened(StreamKind::kGet), 3u);
  EXPECT_EQ(vitals_.sessions.live, 1u) << "it is in use";
  EXPECT_EQ(vitals_.foreign_requests, 0u);
  EXPECT_THAT(Requests(), testing::ElementsAre("_GET 200 x3"));
}

TEST_F(StreamTest, OneOfTheOldTransportNeedNotBeAskedForEither) {
  auto stream = Streaming(GetAnything(), kEndpoint);
  EXPECT_EQ(Opened(StreamKind::kSse), 1u);
  EXPECT_EQ(vitals_.sessions.opened, 1u);
  Empty(PostMessage(Call("1")), 202);
  Bytes(stream, Event(Result("1")));
  EXPECT_THAT(Operations(), testing::ElementsAre("tools/call _OTHER ok"));
  Break(stream, StreamEnd::kClient);
  EXPECT_EQ(Closed(SessionEnd::kDeleted), 1u);
}

TEST_F(StreamTest, AGetThatNeitherAsksForEventsNorGetsThemIsForeign) {
  Initialize("s");
  for (const std::string_view session : {"", "s", "unknown"}) {
    Json(GetAnything(session), 200, Result("1"), "t");
    Empty(GetAnything(session), 404);
    auto error = GetAnything(session);
    Answer(error, 500, "text/event-stream");
    EXPECT_FALSE(error->is_stream());
    Bytes(error, kEndpoint);
    End(error);
    auto broken = GetAnything(session);
    Answer(broken, 200, "text/html");
    Break(broken, StreamEnd::kCut);
    GetAnything(session)->Refused(502, now_);
  }
  EXPECT_EQ(vitals_.foreign_requests, 15u);
  EXPECT_THAT(Requests(), testing::IsEmpty());
  EXPECT_EQ(vitals_.sessions.live, 1u);
  EXPECT_EQ(vitals_.sessions.opened, 1u);
}

TEST_F(StreamTest, OneWithLastEventIdIsResumed) {
  auto stream = Streaming(Get("", "7"));
  EXPECT_EQ(Of(StreamKind::kGet).resumed, 1u);
  EXPECT_EQ(Opened(StreamKind::kGet), 1u);
  End(stream);
}

TEST_F(StreamTest, EveryEndHasItsReason) {
  for (const StreamEnd end :
       {StreamEnd::kClient, StreamEnd::kDrain, StreamEnd::kCut, StreamEnd::kIdle}) {
    auto stream = Streaming(Post(Call("1")), Event(Result("1")));
    Break(stream, end);
    EXPECT_EQ(Closed(StreamKind::kPost, end), 1u) << ToString(end);
  }
  auto stream = Streaming(Post(Call("1")), Event(Result("1")));
  End(stream);
  EXPECT_EQ(Closed(StreamKind::kPost, StreamEnd::kServer), 1u);
  EXPECT_EQ(Opened(StreamKind::kPost), 5u);
}

TEST_F(StreamTest, ItsFirstEventCountsFromTheRequest) {
  auto call = Post(Call("1"));
  Pass(1);
  Stream(call);
  Pass(1);
  Bytes(call, ": keepalive\n\nretry: 5\n\n");
  EXPECT_EQ(Of(StreamKind::kPost).first_event.count(), 0u);
  Pass(1);
  Bytes(call, Event(Notification("x")) + Event(Result("1")));
  EXPECT_EQ(Of(StreamKind::kPost).first_event.count(), 1u);
  EXPECT_DOUBLE_EQ(Of(StreamKind::kPost).first_event.sum(), 3);
  End(call);
}

TEST_F(StreamTest, ItLivesFromItsHead) {
  auto call = Post(Call("1"));
  Pass(1);
  Stream(call);
  Pass(4);
  Bytes(call, Event(Result("1")));
  End(call);
  EXPECT_DOUBLE_EQ(Of(StreamKind::kPost).duration.sum(), 4);
}

TEST_F(StreamTest, OnlySuccessIsAStream) {
  for (const int status : {204, 400, 404, 500}) {
    auto get = Get();
    Answer(get, status, status == 204 ? "" : "text/event-stream");
    EXPECT_FALSE(get->is_stream()) << status;
    End(get);
  }
}

TEST_F(StreamTest, ItsTypeMayHaveParameters) {
  auto get = Get("s");
  Answer(get, 200, "Text/Event-Stream;charset=utf-8");
  EXPECT_TRUE(get->is_stream());
  End(get);
}

TEST_F(StreamTest, ASessionHearsOfItsEnd) {
  Initialize("s");
  auto stream = Streaming(Get("s"));
  Pass(5000);
  Break(stream, StreamEnd::kClient);
  TickAfter(1000);
  EXPECT_EQ(vitals_.sessions.live, 1u);
  TickAfter(800);
  EXPECT_EQ(vitals_.sessions.live, 0u);
}

TEST_F(StreamTest, OneThatNobodyEndsWasCut) {
  Initialize("s");
  auto stream = Streaming(Get("s"));
  stream.reset();
  EXPECT_EQ(Closed(StreamKind::kGet, StreamEnd::kCut), 1u);
}

}  // namespace
}  // namespace mcp_vitals::proxy
