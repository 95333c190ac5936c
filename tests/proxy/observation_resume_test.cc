#include "tests/proxy/observation_fixture.h"

// A stream that breaks off, or that its server closes, and the client that comes back for the rest.
namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ResumeTest : public ObservationTest {
 protected:
  void SetUp() override { Initialize("s"); }
  // A call whose stream has begun to number its events.
  Exchange Begun(std::string_view id = "1") { return Streaming(Post(Call(id), "s"), kPriming); }
};

TEST_F(ResumeTest, TheAnswerMayComeOnALaterStream) {
  auto call = Begun();
  Pass(5);
  Break(call, StreamEnd::kCut);
  EXPECT_EQ(in_flight(), 1u);
  Pass(5);
  auto resumed = Streaming(Get("s", "1"), Event(Result("1")));
  EXPECT_EQ(in_flight(), 0u);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
  EXPECT_DOUBLE_EQ(Seconds(), 10);
  EXPECT_EQ(Of(StreamKind::kGet).resumed, 1u);
  EXPECT_EQ(Of(StreamKind::kGet).opened, 1u);
  End(resumed);
}

TEST_F(ResumeTest, AServerMayCloseAStreamToBeAskedAgain) {
  auto call = Begun();
  End(call);
  EXPECT_EQ(in_flight(), 1u);
  auto resumed = Streaming(Get("s", "1"), Event(Error("1", -32602), "2"));
  End(resumed);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER invalid_params"));
}

TEST_F(ResumeTest, AClientMayLeaveAndComeBack) {
  auto call = Begun();
  Break(call, StreamEnd::kClient);
  EXPECT_EQ(in_flight(), 1u);
  auto resumed = Streaming(Get("s", "1"), Event(Result("1")));
  End(resumed);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
}

TEST_F(ResumeTest, NobodyWaitsForEver) {
  auto call = Begun();
  Pass(2);
  Break(call, StreamEnd::kCut);
  TickAfter(59);
  EXPECT_EQ(in_flight(), 1u);
  TickAfter(1);
  EXPECT_EQ(in_flight(), 0u);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cut"));
}

TEST_F(ResumeTest, WhoHasComeBackMayWaitForLong) {
  auto call = Begun();
  End(call);
  Pass(10);
  auto resumed = Streaming(Get("s", "1"), ": keepalive\n\n");
  TickAfter(600);
  EXPECT_EQ(in_flight(), 1u);
  Bytes(resumed, Event(Result("1")));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
  End(resumed);
}

TEST_F(ResumeTest, ComingBackAgainAndAgainIsWaitingToo) {
  auto call = Begun();
  End(call);
  for (int i = 0; i < 10; ++i) {
    TickAfter(30);
    auto resumed = Streaming(Get("s", "1"), i % 2 == 0 ? "" : kPriming);
    TickAfter(30);
    if (i % 3 == 0) {
      Break(resumed, StreamEnd::kCut);
    } else {
      End(resumed);
    }
  }
  EXPECT_EQ(in_flight(), 1u);
  TickAfter(61);
  EXPECT_EQ(in_flight(), 0u);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cut"));
}

TEST_F(ResumeTest, SeveralStreamsMayBeResumedInAnyOrder) {
  auto one = Begun("1");
  auto two = Begun("2");
  Break(one, StreamEnd::kCut);
  Break(two, StreamEnd::kCut);
  auto first = Streaming(Get("s", "a"));
  auto second = Streaming(Get("s", "b"), Event(Result("1")));
  Bytes(first, Event(Result("2")));
  End(first);
  End(second);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok x2"));
}

TEST_F(ResumeTest, ComingBackMayBeRefused) {
  auto call = Begun();
  Break(call, StreamEnd::kCut);
  Empty(Get("s", "1"), 405);
  EXPECT_EQ(in_flight(), 1u) << "another may succeed";
  TickAfter(61);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cut"));
}

TEST_F(ResumeTest, WithoutNumberedEventsThereIsNothingToComeBackFor) {
  auto call = Streaming(Post(Call("1"), "s"), ": hello\n\n");
  Break(call, StreamEnd::kCut);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cut"));
}

TEST_F(ResumeTest, WithoutASessionNobodyCanTellWhoComesBack) {
  auto call = Streaming(Post(Call("1")), kPriming);
  Break(call, StreamEnd::kCut);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cut"));
}

TEST_F(ResumeTest, WhatWasAnsweredIsNotWaitedFor) {
  auto call = Begun();
  Bytes(call, Event(Result("1")));
  Break(call, StreamEnd::kCut);
  auto resumed = Streaming(Get("s", "1"), Event(Result("1")));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
  End(resumed);
}

TEST_F(ResumeTest, WhatIsWaitedForMayBeCancelled) {
  auto call = Begun();
  Break(call, StreamEnd::kCut);
  Empty(Post(Cancel("1"), "s"), 202);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
}

TEST_F(ResumeTest, TheSessionsEndEndsTheWaiting) {
  auto call = Begun();
  Break(call, StreamEnd::kCut);
  Empty(Delete("s"), 200);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
}

TEST_F(ResumeTest, ASessionDoesNotExpireWhileItIsWaitedFor) {
  options_.resume_window = std::chrono::hours(2);
  auto call = Begun();
  Break(call, StreamEnd::kCut);
  TickAfter(3600);
  EXPECT_EQ(vitals_.sessions.live, 1u);
  TickAfter(3600);
  EXPECT_EQ(in_flight(), 0u);
}

TEST_F(ResumeTest, AnAdoptedSessionIsOneToComeBackTo) {
  auto call = Streaming(Post(Call("1"), "adopted"), kPriming);
  Break(call, StreamEnd::kCut);
  EXPECT_EQ(in_flight(), 1u);
  auto resumed = Streaming(Get("adopted", "1"), Event(Result("1")));
  End(resumed);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
}

TEST_F(ResumeTest, InitializeMayBeResumedToo) {
  auto initialize = Post(Request("0", "initialize"));
  Stream(initialize, "new");
  Bytes(initialize, kPriming);
  Break(initialize, StreamEnd::kCut);
  EXPECT_EQ(in_flight(), 1u);
  auto resumed = Streaming(Get("new", "1"), Event(Result("0")));
  End(resumed);
  EXPECT_THAT(Operations(), ElementsAre("initialize ok"));
}

TEST_F(ResumeTest, AGetThatIsNotResumedAnswersWhatWaitsToo) {
  auto call = Begun();
  Break(call, StreamEnd::kCut);
  auto stream = Streaming(Get("s"), Event(Result("1")));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
  EXPECT_EQ(Of(StreamKind::kGet).resumed, 0u);
  Break(stream, StreamEnd::kClient);
}

TEST_F(ResumeTest, AStreamOfItsOwnEndsNothingElse) {
  auto call = Streaming(Post(Call("1"), "s"));
  auto get = Streaming(Get("s"), kPriming);
  Break(get, StreamEnd::kCut);
  EXPECT_THAT(Operations(), IsEmpty());
  Bytes(call, Event(Result("1")));
  End(call);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
}

}  // namespace
}  // namespace mcp_vitals::proxy
