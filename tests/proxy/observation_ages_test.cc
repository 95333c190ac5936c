#include "tests/proxy/observation_fixture.h"

// How long the calls in flight have taken, by tool, for as long as they are in flight and no
// longer: the fixture sees to it that none is left at the end.
namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AgesTest : public ObservationTest {
 protected:
  void SetUp() override { LearnTools(); }
};

TEST_F(AgesTest, EachCallCountsFromTheHeadOfItsRequest) {
  auto first = Post(Call("1", "add"));
  Pass(10);
  auto second = Post(Call("2", "sub"));
  Pass(5);
  EXPECT_THAT(Ages(), ElementsAre("add 15", "sub 5"));
  Json(std::move(first), 200, Result("1"));
  EXPECT_THAT(Ages(), ElementsAre("sub 5"));
  Json(std::move(second), 200, Error("2", -32602));
  EXPECT_THAT(Ages(), IsEmpty());
}

TEST_F(AgesTest, OtherMethodsAreNoCalls) {
  auto list = Post(Request("1", "tools/list"));
  Pass(10);
  EXPECT_EQ(in_flight(), 1u);
  EXPECT_THAT(Ages(), IsEmpty());
  Json(std::move(list), 200, Result("1"));
}

TEST_F(AgesTest, ToolsThatTheServerDoesNotListAreOther) {
  auto unknown = Post(Call("1", "rm"));
  auto nameless = PostModern("tools/call");
  auto known = PostModern("tools/call", "add");
  Pass(3);
  EXPECT_THAT(Ages(), ElementsAre("_OTHER 3 x2", "add 3"));
  for (auto* call : {&unknown, &nameless, &known}) Json(std::move(*call), 200, Result("1"));
}

TEST_F(AgesTest, AToolMayBeListedWhileItsCallIsInFlight) {
  auto call = Post(Call("1", "new"));
  Json(Post(Request("2", "tools/list")), 200, Result("2", R"("tools":[{"name":"new"}])"));
  auto later = Post(Call("3", "new"));
  Pass(7);
  EXPECT_THAT(Ages(), ElementsAre("_OTHER 7", "new 7"));
  Json(std::move(call), 200, Result("1"));
  EXPECT_THAT(Ages(), ElementsAre("new 7"));
  Json(std::move(later), 200, Result("3"));
}

TEST_F(AgesTest, WhatIsCutOrRefusedHasEnded) {
  auto cut = Post(Call("1"));
  auto left = Post(Call("2"));
  auto refused = Post(Call("3"));
  Pass(4);
  EXPECT_THAT(Ages(), ElementsAre("add 4 x3"));
  Break(cut, StreamEnd::kCut);
  Break(left, StreamEnd::kClient);
  refused->Refused(503, now_);
  EXPECT_THAT(Ages(), IsEmpty());
}

TEST_F(AgesTest, SoHasWhatIsCancelled) {
  Initialize("s");
  auto call = Streaming(Post(Call("1"), "s"));
  Pass(4);
  Empty(Post(Cancel("1"), "s"), 202);
  EXPECT_THAT(Ages(), IsEmpty());
  End(call);
}

TEST_F(AgesTest, AndWhatIsAnsweredUnread) {
  auto call = Post(Call("1"));
  Answer(call, 200, "application/json", "", "gzip");
  EXPECT_THAT(Ages(), ElementsAre("add 0"));
  End(call);
  EXPECT_THAT(Ages(), IsEmpty());
  EXPECT_THAT(Operations(), IsEmpty()) << "nobody knows how";
}

TEST_F(AgesTest, ACallGoesOnWhileItsClientMayComeBack) {
  Initialize("s");
  auto call = Streaming(Post(Call("1"), "s"), kPriming);
  Break(call, StreamEnd::kCut);
  Pass(20);
  EXPECT_THAT(Ages(), ElementsAre("add 20"));
  TickAfter(60);
  EXPECT_THAT(Ages(), IsEmpty()) << "nobody came";
}

TEST_F(AgesTest, A2024CallEndsWhenItsStreamBringsTheAnswerOrIsReadNoMore) {
  auto stream = OldStream();
  Empty(PostMessage(Call("1")), 202);
  Pass(2);
  Empty(PostMessage(Call("2")), 202);
  Pass(2);
  EXPECT_THAT(Ages(), ElementsAre("add 3 x2"));
  Bytes(stream, Event(Result("1")));
  EXPECT_THAT(Ages(), ElementsAre("add 2"));
  Bytes(stream, Event(Result("2", R"("text":")" + std::string(30'000, 'x') + "\"")));
  EXPECT_THAT(Ages(), IsEmpty());
  Break(stream, StreamEnd::kClient);
}

}  // namespace
}  // namespace mcp_vitals::proxy
