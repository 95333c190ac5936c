#include "scaler/decision.h"

#include <gmock/gmock.h>

#include "tests/scaler/small_fleet.h"

namespace mcp_vitals::scaler {
namespace {

class DecisionTest : public testing::Test {
 protected:
  double Ask(const Policy& policy) { return Value(fleet_.board->Ask(policy)); }
  const Decision& Last() {
    reports_ = fleet_.board->Report();
    return reports_.at(0).triggers.at(0).last;
  }
  SmallFleet fleet_;
  std::vector<FleetReport> reports_;
};

TEST_F(DecisionTest, NothingIsKnownBeforeTheFirstLook) {
  EXPECT_EQ(Ask(SmallFleet::Asking(Metric::kLoad)), -1);
}

TEST_F(DecisionTest, ConnectionsAnswerTheSumOfTheKindsThatCount) {
  fleet_.Add("a", 33).said.streams[static_cast<std::size_t>(vitals::StreamKind::kPost)] = 99;
  fleet_.Add("b", 9);
  fleet_.Pass(1);
  EXPECT_EQ(Ask(SmallFleet::Asking(Metric::kConnections)), 42);
}

TEST_F(DecisionTest, AStartBesideAMemberThatDoesNotAnswerLetsNoSumShrink) {
  const Policy policy = SmallFleet::Asking(Metric::kConnections);
  fleet_.Add("a", 1);
  fleet_.Add("b", 2).answers = false;
  fleet_.Pass(1);
  EXPECT_EQ(Ask(policy), 20) << "two members stay two";
  fleet_.Pass(200);
  EXPECT_EQ(Ask(policy), 20);
  fleet_.pods["b"].answers = true;
  fleet_.Pass(2);
  EXPECT_EQ(Ask(policy), 3);
}

TEST_F(DecisionTest, MoreStreamsAreAnsweredAtOnceAndFewerAfterAMinute) {
  const Policy policy = SmallFleet::Asking(Metric::kConnections);
  fleet_.Add("a", 10);
  fleet_.Pass(1);
  Ask(policy);
  fleet_.Pass(100);
  fleet_.pods["a"].streams = 50;
  fleet_.Pass(1);
  EXPECT_EQ(Ask(policy), 50);
  fleet_.pods["a"].streams = 20;
  fleet_.Pass(59);
  EXPECT_EQ(Ask(policy), 50);
  fleet_.Pass(2);
  EXPECT_EQ(Ask(policy), 20);
}

TEST_F(DecisionTest, FewerPodsAreAskedForAfterFiveMinutes) {
  const Policy policy = SmallFleet::Asking(Metric::kLoad);
  fleet_.Add("a", 100);
  fleet_.Pass(1);
  EXPECT_EQ(Ask(policy), 10);
  fleet_.Pass(400);
  fleet_.pods["a"].streams = 20;
  fleet_.Pass(355);
  EXPECT_EQ(Ask(policy), 10);
  EXPECT_EQ(Last().rule, Rule::kWindow);
  fleet_.Pass(10);
  EXPECT_EQ(Ask(policy), 7);  // and no fewer: their streams leave seven a third full
  EXPECT_EQ(Last().rule, Rule::kRoom);
}

// A pod that goes ends its streams.
TEST_F(DecisionTest, PodsThatStayAreLeftRoomForAnHour) {
  const Policy policy = SmallFleet::Asking(Metric::kLoad);
  fleet_.Add("a", 100);
  fleet_.Pass(1);
  EXPECT_EQ(Ask(policy), 10);
  fleet_.pods["a"].streams = 60;
  fleet_.Pass(3590);
  EXPECT_EQ(Ask(policy), 10);
  fleet_.Pass(100);
  EXPECT_EQ(Ask(policy), 6);
}

TEST_F(DecisionTest, WhoSeesNoOperationsIsBlindForThemAndNotForStreams) {
  fleet_.Add("a", 20).said.sees_operations = false;
  fleet_.Pass(1);
  EXPECT_EQ(Ask(SmallFleet::Asking(Metric::kConcurrency)), -1);
  EXPECT_EQ(Ask(SmallFleet::Asking(Metric::kLatency)), -1);
  EXPECT_EQ(Ask(SmallFleet::Asking(Metric::kConnections)), 20);
  EXPECT_EQ(Ask(SmallFleet::Asking(Metric::kLoad)), 2);
}

TEST_F(DecisionTest, ConcurrencyIsAMeanAndASuddenRiseCountsAtOnce) {
  const Policy policy = SmallFleet::Asking(Metric::kConcurrency);
  fleet_.Add("a").in_flight = 10;
  fleet_.Pass(1);
  Ask(policy);
  fleet_.Pass(100);
  EXPECT_DOUBLE_EQ(Ask(policy), 10);
  fleet_.pods["a"].in_flight = 80;
  fleet_.Pass(7);
  EXPECT_DOUBLE_EQ(Ask(policy), 80);
}

TEST_F(DecisionTest, IdleIsNotActiveAfterTheHoldAndTheWindow) {
  const Policy policy = SmallFleet::Asking(Metric::kLoad);
  fleet_.Add("a", 0);
  fleet_.Pass(1);
  Ask(policy);
  fleet_.Pass(298);
  EXPECT_TRUE(std::get<Verdict>(fleet_.board->Ask(policy)).active);
  fleet_.Pass(100);
  const auto verdict = std::get<Verdict>(fleet_.board->Ask(policy));
  EXPECT_FALSE(verdict.active);
  EXPECT_EQ(verdict.value, 0);
}

TEST_F(DecisionTest, WhatIsActiveNeverHasAValueOfNothing) {
  const Policy policy = SmallFleet::Asking(Metric::kLoad);
  fleet_.Add("a", 1);
  fleet_.Pass(1);
  Ask(policy);
  for (int second = 0; second < 900; ++second) {
    if (second == 450) fleet_.pods["a"].streams = 0;
    fleet_.Pass(1);
    const auto verdict = std::get<Verdict>(fleet_.board->Ask(policy));
    ASSERT_TRUE(verdict.active || verdict.value == 0) << second;
  }
}

TEST_F(DecisionTest, ActivationIsExceededNotReached) {
  Policy policy = SmallFleet::Asking(Metric::kLoad);
  policy.activation = 5;
  fleet_.Add("a", 5);
  fleet_.Pass(1);
  Ask(policy);
  fleet_.Pass(700);
  EXPECT_FALSE(std::get<Verdict>(fleet_.board->Ask(policy)).active);
  fleet_.pods["a"].streams = 6;
  fleet_.Pass(1);
  EXPECT_TRUE(std::get<Verdict>(fleet_.board->Ask(policy)).active);
}

// At ten pods or more the HPA's tolerance swallows one more.
TEST_F(DecisionTest, AGrowthThatTheHpaWouldSwallowIsRaised) {
  Policy policy = SmallFleet::Asking(Metric::kLoad);
  for (int i = 0; i < 20; ++i) fleet_.Add("pod" + std::to_string(i), 10);
  fleet_.Pass(1);
  EXPECT_EQ(Ask(policy), 20);
  fleet_.pods["pod0"].streams = 20;
  fleet_.Pass(1);
  EXPECT_EQ(Ask(policy), 23);  // 21 and 22 are within 10 % of 20
  policy.hpa_tolerance = 0;
  EXPECT_EQ(Ask(policy), 21);
}

TEST_F(DecisionTest, DrainingStreamsAreStillCounted) {
  const Policy policy = SmallFleet::Asking(Metric::kLoad, 30);
  for (int i = 0; i < 10; ++i) fleet_.Add("pod" + std::to_string(i), 30);
  fleet_.Pass(1);
  Ask(policy);
  fleet_.Pass(400);
  for (int i = 0; i < 4; ++i) {
    fleet_.pods["pod" + std::to_string(i)].state = vitals::MemberState::kDraining;
  }
  fleet_.Pass(400);
  EXPECT_EQ(Ask(policy), 10);
}

}  // namespace
}  // namespace mcp_vitals::scaler
