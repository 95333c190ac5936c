#include "vitals/snapshot.h"

#include <gmock/gmock.h>
#include <malloc.h>

#include <vector>

namespace mcp_vitals::vitals {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Snapshot Full() {
  Snapshot snapshot;
  snapshot.identity = {"pod-1", "uid", "mcp", "r2", "node", "files"};
  snapshot.boot = 0xfeedfacecafebeef;
  snapshot.sequence = 7;
  snapshot.state = MemberState::kDraining;
  snapshot.streams = {1, 2, 3, 4};
  snapshot.unsorted_streams = 9;
  snapshot.sees_operations = true;
  snapshot.sessions = 5;
  snapshot.in_flight = 6;
  ToolCalls& add = snapshot.tools["add"];
  for (const double seconds : {0.001, 0.1, 2.05, 2.05, 1e6}) add.done.Observe(seconds);
  add.in_flight.Observe(30);
  snapshot.echo = std::string("\0state", 6);
  return snapshot;
}

TEST(SnapshotTest, WhatIsEncodedIsReadAgain) {
  const Snapshot full = Full();
  const auto read = DecodeSnapshot(Encode(full));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->identity, full.identity);
  EXPECT_EQ(read->boot, full.boot);
  EXPECT_EQ(read->sequence, 7u);
  EXPECT_EQ(read->state, MemberState::kDraining);
  EXPECT_EQ(read->streams, full.streams);
  EXPECT_EQ(read->unsorted_streams, 9u);
  EXPECT_TRUE(read->sees_operations);
  EXPECT_EQ(read->sessions, 5u);
  EXPECT_EQ(read->in_flight, 6u);
  EXPECT_EQ(read->echo, full.echo);
  ASSERT_TRUE(read->tools.contains("add"));
  const ToolCalls& add = read->tools.at("add");
  EXPECT_EQ(add.done.count(), 5u);
  EXPECT_DOUBLE_EQ(add.done.sum(), full.tools.at("add").done.sum());
  EXPECT_EQ(add.done.Quantile(0.6), full.tools.at("add").done.Quantile(0.6));
  EXPECT_EQ(add.in_flight.CountUpTo(30), 1u);
}

TEST(SnapshotTest, AThousandMembersOfTenToolsFitAScaler) {
  Snapshot snapshot;
  for (int tool = 0; tool < 10; ++tool) {
    ToolCalls& calls = snapshot.tools["tool " + std::to_string(tool)];
    for (double seconds = 0.001; seconds < 30; seconds *= 1.02) calls.done.Observe(seconds);
    for (double age = 0.1; age < 10; age += 0.1) calls.in_flight.Observe(age);
  }
  const std::string bytes = Encode(snapshot);
  std::vector<std::optional<Snapshot>> members;
  members.reserve(1000);
  const std::size_t before = ::mallinfo2().uordblks;
  for (int i = 0; i < 1000; ++i) members.push_back(DecodeSnapshot(bytes));
  EXPECT_LT(::mallinfo2().uordblks - before, std::size_t{40} << 20);
  EXPECT_LT(bytes.size(), 16u << 10);
}

TEST(SnapshotTest, AnEmptyOneIsOneToo) {
  const auto read = DecodeSnapshot("");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->state, MemberState::kStarting);
  EXPECT_FALSE(read->sees_operations);
}

TEST(SnapshotTest, IsMadeOfWhatIsKnownOfTheServer) {
  ServerVitals server;
  server.of(StreamKind::kSse).live = 1;
  server.of(StreamKind::kListen).live = 2;
  server.sessions.live = 3;
  server.operations_in_flight = 4;
  server.calls_in_flight["add"].Observe(20, 2);
  const Snapshot snapshot = SnapshotOf(server);
  EXPECT_EQ(snapshot.state, MemberState::kServing);
  EXPECT_THAT(snapshot.streams, ElementsAre(1, 0, 0, 2));
  EXPECT_EQ(snapshot.sessions, 3u);
  EXPECT_EQ(snapshot.in_flight, 4u);
  EXPECT_TRUE(snapshot.sees_operations);
  EXPECT_EQ(snapshot.tools.at("add").in_flight.count(), 2u);
  EXPECT_EQ(snapshot.tools.at("add").done.count(), 0u);
}

TEST(SnapshotTest, DrainsFromTheLameDuckOn) {
  for (const DrainState state :
       {DrainState::kLameDuck, DrainState::kDraining, DrainState::kDrained}) {
    ServerVitals server;
    server.drain = state;
    EXPECT_EQ(SnapshotOf(server).state, MemberState::kDraining) << ToString(state);
  }
}

TEST(SnapshotTest, CallsAreDoneWhenTheyWereAnsweredOrWaitedForInVain) {
  ServerVitals server;
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    server.operations[{"tools/call", static_cast<Outcome>(i), "add"}].Observe(1);
  }
  server.operations[{"tools/call", Outcome::kOk, "sub"}].Observe(2);
  server.operations[{"tools/list", Outcome::kOk, ""}].Observe(3);
  const Snapshot snapshot = SnapshotOf(server);
  EXPECT_EQ(snapshot.tools.size(), 2u);
  EXPECT_EQ(snapshot.tools.at("add").done.count(), kOutcomeCount - 2)
      << "all but http_4xx, http_5xx";
  EXPECT_EQ(snapshot.tools.at("sub").done.sum(), 2);
}

TEST(SnapshotTest, AToolThatWasOnlyRefusedIsNoTool) {
  ServerVitals server;
  server.operations[{"tools/call", Outcome::kHttp5xx, "add"}].Observe(1);
  EXPECT_THAT(SnapshotOf(server).tools, IsEmpty());
}

TEST(SnapshotTest, WhatIsNoneIsRefused) {
  const std::string bytes = Encode(Full());
  EXPECT_FALSE(DecodeSnapshot(bytes.substr(0, bytes.size() - 3))) << "half of it";
  EXPECT_FALSE(DecodeSnapshot("no snapshot at all"));
}

TEST(SnapshotTest, SoIsWhatIsBeyondItsBounds) {
  Snapshot long_name = Full();
  long_name.identity.pod = std::string(2000, 'x');
  EXPECT_FALSE(DecodeSnapshot(Encode(long_name)));
  Snapshot long_echo = Full();
  long_echo.echo = std::string(100'000, 'x');
  EXPECT_FALSE(DecodeSnapshot(Encode(long_echo)));
  Snapshot many_tools;
  for (int i = 0; i <= 2'000; ++i) many_tools.tools[std::to_string(i)];
  EXPECT_FALSE(DecodeSnapshot(Encode(many_tools)));
}

// Sums over a fleet would overflow, and a large one look small.
TEST(SnapshotTest, CountsBeyondReasonAreNoSnapshot) {
  Snapshot snapshot;
  snapshot.in_flight = 1'000'000'000'000;
  EXPECT_TRUE(DecodeSnapshot(Encode(snapshot)));
  snapshot.in_flight = ~std::uint64_t{0} - 400;
  EXPECT_FALSE(DecodeSnapshot(Encode(snapshot)));
  snapshot.in_flight = 0;
  snapshot.streams[1] = 1'000'000'000'001;
  EXPECT_FALSE(DecodeSnapshot(Encode(snapshot)));
}

}  // namespace
}  // namespace mcp_vitals::vitals
