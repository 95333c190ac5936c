#include "tests/relay/gate_fixture.h"

// How many operations may be in flight, and what becomes of the others.
namespace mcp_vitals::relay {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using vitals::Limit;

TEST_F(GateTest, OneTooManyIsToldToComeAgain) {
  Event& go_on = NewEvent();
  ClientEnd first = StartWithOneUnderWay(go_on);
  const Answer refused = Connect().Ask(Call("slow"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.head, HasSubstr("Retry-After: 1\r\n"));
  go_on.Set();
  EXPECT_EQ(first.ReadAnswer().body, kResult);
  EXPECT_EQ(requests().size(), 1u);
  EXPECT_EQ(Snapshot().hits(Limit::kQueueFull), 1u);
}

TEST_F(GateTest, WhoWaitsForTheirTurnIsAnswered) {
  settings_.admission.max_queue = 1;
  Event& go_on = NewEvent();
  ClientEnd first = StartWithOneUnderWay(go_on);
  ClientEnd second = Connect();
  second.Send(Call("slow"));
  WaitUntil([this] { return Snapshot().queued_requests == 1; }, "the second call in the queue");
  EXPECT_EQ(requests().size(), 1u);
  EXPECT_EQ(Connect().Ask(Call("slow")).status, 503);
  go_on.Set();
  EXPECT_EQ(first.ReadAnswer().body, kResult);
  EXPECT_EQ(second.ReadAnswer().body, kResult);
  EXPECT_EQ(Snapshot().queued_requests, 0u);
}

TEST_F(GateTest, NobodyWaitsForLongerThanTheTimeout) {
  settings_.admission.max_queue = 1;
  settings_.admission.queue_timeout = milliseconds(20);
  Event& go_on = NewEvent();
  ClientEnd first = StartWithOneUnderWay(go_on);
  EXPECT_EQ(Connect().Ask(Call("slow")).status, 503);
  EXPECT_EQ(Snapshot().hits(Limit::kQueueTimeout), 1u);
  go_on.Set();
  EXPECT_EQ(first.ReadAnswer().body, kResult);
}

TEST_F(GateTest, WhoLeavesTheQueueMakesRoom) {
  settings_.admission.max_queue = 1;
  Event& go_on = NewEvent();
  ClientEnd first = StartWithOneUnderWay(go_on);
  ClientEnd leaving = Connect();
  leaving.Send(Call("slow"));
  WaitUntil([this] { return Snapshot().queued_requests == 1; }, "the call in the queue");
  leaving.Close();
  WaitUntil([this] { return Snapshot().queued_requests == 0; }, "the queue empty again");
  go_on.Set();
  EXPECT_EQ(first.ReadAnswer().body, kResult);
  EXPECT_EQ(requests().size(), 1u);
}

TEST_F(GateTest, WhatIsNoOperationDoesNotWait) {
  Event& go_on = NewEvent();
  ClientEnd first = StartWithOneUnderWay(go_on);
  ClientEnd other = Connect();
  other.Send(PostJson(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"));
  WaitUntil([this] { return requests().size() == 2; }, "the notification at the server");
  go_on.Set();
  EXPECT_EQ(first.ReadAnswer().body, kResult);
  EXPECT_EQ(other.ReadAnswer().status, 200);
}

TEST_F(GateTest, AToolMayHaveALimitOfItsOwn) {
  settings_.admission.max_in_flight.reset();
  settings_.admission.tools["slow"].max_in_flight = 1;
  settings_.observer.counted_tools = {"slow"};
  Event& go_on = NewEvent();
  ClientEnd first = StartWithOneUnderWay(go_on);
  EXPECT_EQ(Connect().Ask(Call("slow")).status, 503);
  ClientEnd other = Connect();
  other.Send(Call("quick"));
  WaitUntil([this] { return requests().size() == 2; }, "the other tool's call at the server");
  go_on.Set();
  EXPECT_EQ(first.ReadAnswer().body, kResult);
  EXPECT_EQ(other.ReadAnswer().body, kResult);
}

TEST_F(GateTest, AToolThatTakesLongerThanItMayIsAnsweredInItsStead) {
  settings_.admission = {};
  settings_.admission.tools["slow"].timeout = milliseconds(20);
  Event& go_on = NewEvent();
  StartWaiting(go_on);
  EXPECT_EQ(Connect().Ask(Call("slow")).status, 504);
  EXPECT_EQ(Snapshot().hits(Limit::kToolTimeout), 1u);
  go_on.Set();
}

TEST_F(GateTest, AStreamOfAToolThatTakesTooLongIsCut) {
  settings_.admission = {};
  settings_.admission.tools["slow"].timeout = milliseconds(20);
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(std::string(kStreamHead) + Chunk("id: 1\ndata:\n\n"));
    socket.WaitForClose();
  });
  const Answer answer = Connect().Ask(Call("slow"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.whole);
  const Vitals vitals = Snapshot();
  EXPECT_EQ(vitals.hits(Limit::kToolTimeout), 1u);
  EXPECT_TRUE(vitals.operations.contains({"tools/call", vitals::Outcome::kCut, "_OTHER"}));
}

}  // namespace
}  // namespace mcp_vitals::relay
