#include "scaler/fleet_view.h"

#include <gmock/gmock.h>

namespace mcp_vitals::scaler {
namespace {

using std::chrono::seconds;
using vitals::MemberState;
using vitals::Snapshot;
using vitals::StreamKind;

class FleetViewTest : public testing::Test {
 protected:
  Time At(int second) const { return Time(seconds(1'000'000 + second)); }
  static Snapshot Says(std::uint64_t boot, std::uint64_t sequence, std::uint64_t streams,
                       const std::string& uid = "") {
    Snapshot snapshot;
    snapshot.boot = boot;
    snapshot.sequence = sequence;
    snapshot.state = MemberState::kServing;
    snapshot.streams[static_cast<std::size_t>(StreamKind::kGet)] = streams;
    snapshot.identity.pod_uid = uid;
    return snapshot;
  }
  std::uint64_t Streams(int second) const {
    return view_.At(At(second)).StreamsOf({StreamKind::kGet});
  }

  FleetView view_;
};

TEST_F(FleetViewTest, MembersAddUp) {
  view_.SetMembers({"a", "b"}, At(0));
  EXPECT_EQ(view_.At(At(0)).unheard, 2u);
  view_.Heard("a", Says(1, 1, 10), At(0));
  EXPECT_EQ(view_.At(At(0)).unheard, 1u);
  view_.Heard("b", Says(2, 1, 20), At(0));
  EXPECT_EQ(view_.At(At(0)).fresh, 2u);
  EXPECT_EQ(Streams(0), 30u);
  EXPECT_EQ(view_.At(At(0)).serving, 2u);
}

TEST_F(FleetViewTest, ASilentMemberCountsAsLastHeard) {
  view_.SetMembers({"a", "b"}, At(0));
  view_.Heard("a", Says(1, 1, 10), At(0));
  view_.Heard("b", Says(2, 1, 20), At(0));
  view_.Heard("a", Says(1, 2, 11), At(10));
  const FleetFacts facts = view_.At(At(10));
  EXPECT_EQ(facts.silent, 1u);
  EXPECT_EQ(Streams(10), 31u);
}

TEST_F(FleetViewTest, ARestartedMemberIsCountedOnce) {
  view_.SetMembers({"a"}, At(0));
  view_.Heard("a", Says(1, 900, 10, "uid"), At(0));
  view_.Heard("a", Says(2, 1, 3, "uid"), At(1));
  EXPECT_EQ(Streams(1), 3u);
}

TEST_F(FleetViewTest, AnOldSnapshotMakesNobodyFresh) {
  view_.SetMembers({"a"}, At(0));
  view_.Heard("a", Says(1, 5, 10), At(0));
  view_.Heard("a", Says(1, 5, 10), At(9));
  view_.Heard("a", Says(1, 4, 99), At(9));
  EXPECT_EQ(Streams(10), 10u);
  EXPECT_EQ(view_.At(At(10)).silent, 1u);
}

TEST_F(FleetViewTest, OneThatDrainsAndLeavesTheListIsGone) {
  view_.SetMembers({"a", "b"}, At(0));
  Snapshot draining = Says(1, 1, 10);
  draining.state = MemberState::kDraining;
  view_.Heard("a", draining, At(0));
  view_.Heard("b", Says(2, 1, 20), At(0));
  EXPECT_EQ(Streams(0), 30u);
  EXPECT_EQ(view_.At(At(0)).replicas(), 1u);
  view_.SetMembers({"b"}, At(1));
  EXPECT_EQ(Streams(1), 20u);
}

// Its clients have come back elsewhere before the list of members knows.
TEST_F(FleetViewTest, OneThatDrainsAndAnswersNoMoreHasNoStreams) {
  view_.SetMembers({"a", "b"}, At(0));
  Snapshot draining = Says(1, 1, 10);
  draining.state = MemberState::kDraining;
  view_.Heard("a", draining, At(0));
  view_.Heard("b", Says(2, 1, 20), At(0));
  view_.Failed("a", "connection refused");
  view_.Failed("b", "timed out");
  EXPECT_EQ(Streams(1), 20u);
  draining.sequence = 2;
  view_.Heard("a", draining, At(2));
  EXPECT_EQ(Streams(2), 30u);
}

TEST_F(FleetViewTest, OneThatLeavesTheListWithoutADrainCountsAsLongAsItAnswers) {
  view_.SetMembers({"a", "b"}, At(0));
  view_.Heard("a", Says(1, 1, 10), At(0));
  view_.Heard("b", Says(2, 1, 20), At(0));
  for (int second = 1; second <= 600; ++second) {
    view_.SetMembers({"b"}, At(second));
    view_.Heard("a", Says(1, 1 + static_cast<std::uint64_t>(second), 11), At(second));
    view_.Heard("b", Says(2, 1 + static_cast<std::uint64_t>(second), 20), At(second));
  }
  EXPECT_EQ(Streams(600), 31u);
  EXPECT_EQ(view_.Addresses(), (std::set<std::string>{"a", "b"}));
}

TEST_F(FleetViewTest, OneThatLeavesTheListAndIsSilentIsGoneAfterAMinute) {
  view_.SetMembers({"a", "b"}, At(0));
  view_.Heard("a", Says(1, 1, 10), At(0));
  view_.Heard("b", Says(2, 1, 20), At(0));
  view_.SetMembers({"b"}, At(59));
  EXPECT_EQ(view_.At(At(59)).expected, 2u);
  view_.SetMembers({"b"}, At(60));
  EXPECT_EQ(view_.At(At(60)).expected, 1u);
}

TEST_F(FleetViewTest, WhoAnswersWhereAMemberHasLeftIsAnother) {
  view_.SetMembers({"a", "b"}, At(0));
  view_.Heard("a", Says(1, 1, 10), At(0));
  view_.Heard("b", Says(2, 1, 20), At(0));
  view_.SetMembers({"b"}, At(1));
  view_.Heard("a", Says(9, 1, 500), At(2));
  EXPECT_EQ(Streams(2), 20u);
  EXPECT_EQ(view_.At(At(2)).expected, 1u);
}

TEST_F(FleetViewTest, AnEmptyListIsNone) {
  view_.SetMembers({}, At(0));
  EXPECT_FALSE(view_.At(At(0)).list_age);
  view_.SetMembers({"a"}, At(1));
  view_.Heard("a", Says(1, 1, 10), At(1));
  view_.SetMembers({}, At(4));
  EXPECT_EQ(Streams(4), 10u);
  EXPECT_EQ(view_.At(At(4)).list_age, seconds(3));
}

TEST_F(FleetViewTest, OnePodAtTwoAddressesIsOne) {
  view_.SetMembers({"10.0.0.1", "fd00::1"}, At(0));
  view_.Heard("10.0.0.1", Says(1, 1, 10, "uid"), At(0));
  view_.Heard("fd00::1", Says(1, 2, 10, "uid"), At(0));
  EXPECT_EQ(Streams(0), 10u);
  EXPECT_EQ(view_.At(At(0)).fresh, 2u);
  EXPECT_EQ(view_.At(At(0)).serving, 1u);
}

TEST_F(FleetViewTest, WhoClaimsToBeAnotherIsRefused) {
  view_.SetMembers({"a", "b"}, At(0));
  view_.Heard("a", Says(1, 1, 10, "uid"), At(0));
  view_.Heard("b", Says(2, 1, 1'000, "uid"), At(1));
  EXPECT_EQ(view_.At(At(1)).refused, 1u);
  EXPECT_EQ(Streams(1), 10u);
}

TEST_F(FleetViewTest, APodThatMovedToAnotherAddressIsNoClaim) {
  view_.SetMembers({"a", "b"}, At(0));
  view_.Heard("a", Says(1, 1, 10, "uid"), At(0));
  view_.Heard("b", Says(2, 1, 3, "uid"), At(60));
  EXPECT_EQ(view_.At(At(60)).refused, 0u);
  EXPECT_EQ(Streams(60), 3u);
}

TEST_F(FleetViewTest, WorkIsWhatWasDoneSinceItWasTaken) {
  view_.SetMembers({"a"}, At(0));
  Snapshot first = Says(1, 1, 0);
  first.tools["search"].done.Observe(0.5);
  view_.Heard("a", first, At(0));
  EXPECT_TRUE(view_.TakeWork(At(0)).at(0).ended.empty());  // it may have been long ago
  Snapshot second = first;
  second.sequence = 2;
  second.tools["search"].done.Observe(3);
  second.tools["search"].in_flight.Observe(9);
  view_.Heard("a", second, At(1));
  const auto work = view_.TakeWork(At(1));
  EXPECT_EQ(work.at(0).ended.at("search").count(), 1u);
  EXPECT_EQ(work.at(0).ended.at("search").CountAbove(2), 1.0);
  EXPECT_EQ(work.at(0).aged.at("search").CountAbove(8), 1.0);
  EXPECT_TRUE(view_.TakeWork(At(1)).at(0).ended.empty());
}

TEST_F(FleetViewTest, CountersThatFellAreNoWork) {
  view_.SetMembers({"a"}, At(0));
  Snapshot first = Says(1, 1, 0);
  for (int i = 0; i < 10; ++i) first.tools["search"].done.Observe(0.5);
  view_.Heard("a", first, At(0));
  Snapshot second = Says(1, 2, 0);
  second.tools["search"].done.Observe(0.5);
  view_.Heard("a", second, At(1));
  EXPECT_TRUE(view_.TakeWork(At(1)).at(0).ended.empty());
}

TEST_F(FleetViewTest, TroublesNameTheMemberAndWhy) {
  view_.SetMembers({"a", "b"}, At(0));
  view_.Failed("a", "connection refused");
  view_.Heard("b", Says(2, 1, 20), At(0));
  EXPECT_THAT(view_.Troubles(At(0), 10), testing::ElementsAre("a: connection refused"));
  view_.Heard("a", Says(1, 1, 20), At(1));
  EXPECT_THAT(view_.Troubles(At(1), 10), testing::IsEmpty());
}

}  // namespace
}  // namespace mcp_vitals::scaler
