#include "scaler/latency_rule.h"

#include <gmock/gmock.h>

namespace mcp_vitals::scaler {
namespace {

using std::chrono::seconds;

// A fleet of so many pods, whose calls are as a test says; each second the rule is asked.
class LatencyRuleTest : public testing::Test {
 protected:
  void Pass(int how_long) {
    for (int i = 0; i < how_long; ++i) {
      now_ += seconds(1);
      LatencyInput input;
      input.now = now_;
      input.view.calls = calls_;
      input.view.over = share_ * calls_;
      input.view.is_enough = calls_ >= 100;
      input.view.share = share_;
      input.view.error = 0.01;
      input.view.load = load_;
      input.is_hot = is_hot_;
      input.pods = pods_;
      input.serving = serving_;
      input.in_flight = in_flight_;
      wanted_ = rule_.Want(input);
    }
  }
  // They are there as soon as they are asked for.
  void Follow() { serving_ = pods_ = wanted_; }

  LatencyRule rule_;
  Time now_{seconds(1'000'000)};
  double in_flight_ = 0;
  double calls_ = 6000, share_ = 0.01, load_ = 4;
  bool is_hot_ = false;
  unsigned pods_ = 4, wanted_ = 0;
  std::size_t serving_ = 4;
};

TEST_F(LatencyRuleTest, OverTheTargetForHalfAMinuteAsksForAQuarterMore) {
  Pass(60);
  share_ = 0.2;
  Pass(30);
  EXPECT_EQ(wanted_, 4u);
  EXPECT_EQ(rule_.advice(), LatencyAdvice::kOver);
  Pass(1);
  EXPECT_EQ(wanted_, 5u);
  EXPECT_EQ(rule_.advice(), LatencyAdvice::kGrow);
}

TEST_F(LatencyRuleTest, WhereMostAreLateHalfAsManyMore) {
  share_ = 0.9;
  Pass(31);
  EXPECT_EQ(wanted_, 6u);
}

TEST_F(LatencyRuleTest, NoSecondStepBeforeTheFirstHasShownWhatItDoes) {
  share_ = 0.2;
  Pass(31);
  Follow();
  Pass(74);
  EXPECT_EQ(wanted_, 5u);
  EXPECT_EQ(rule_.advice(), LatencyAdvice::kWait);
  share_ = 0.12;  // it helped
  Pass(60);
  EXPECT_EQ(wanted_, 5u);  // and may go on helping
  Pass(1);
  EXPECT_EQ(wanted_, 7u);
}

TEST_F(LatencyRuleTest, PodsThatDoNotHelpAreGivenBack) {
  share_ = 0.2;
  for (int i = 0; i < 20; ++i) {
    Pass(60);
    Follow();
  }
  EXPECT_EQ(rule_.advice(), LatencyAdvice::kLatched);
  EXPECT_EQ(wanted_, 4u);
  EXPECT_TRUE(rule_.state().is_latched);
}

TEST_F(LatencyRuleTest, ALatchEndsWhenTheTargetIsKept) {
  share_ = 0.2;
  for (int i = 0; i < 20; ++i) {
    Pass(60);
    Follow();
  }
  share_ = 0.01;
  Pass(1);
  EXPECT_FALSE(rule_.state().is_latched);
}

TEST_F(LatencyRuleTest, ALatchIsTriedAgainUnderMoreLoadAndThenHoldsTwiceAsLong) {
  share_ = 0.2;
  for (int i = 0; i < 20; ++i) {
    Pass(60);
    Follow();
  }
  Pass(1800);
  EXPECT_TRUE(rule_.state().is_latched);
  load_ = 6;
  Pass(1);
  EXPECT_FALSE(rule_.state().is_latched);
  EXPECT_EQ(rule_.state().retry, Seconds(3600));
}

TEST_F(LatencyRuleTest, PodsThatDoNotComeAreNotAskedForTwice) {
  share_ = 0.2;
  Pass(31);
  pods_ = wanted_;  // and four go on serving
  Pass(3000);
  EXPECT_EQ(wanted_, 5u);
  EXPECT_FALSE(rule_.state().is_latched);
}

TEST_F(LatencyRuleTest, HotPodsAreReportedAndNotScaledFor) {
  share_ = 0.2;
  is_hot_ = true;
  Pass(600);
  EXPECT_EQ(wanted_, 4u);
  EXPECT_EQ(rule_.advice(), LatencyAdvice::kHotPods);
}

TEST_F(LatencyRuleTest, KnownToBeGoodFewerAreAskedForAtOnce) {
  Pass(10);  // one of load on each of four pods is good
  load_ = 2;
  Pass(1);
  EXPECT_EQ(wanted_, 2u);
}

TEST_F(LatencyRuleTest, IntoTheUnknownASmallStep) {
  serving_ = pods_ = 20;
  load_ = 20;
  Pass(10);
  EXPECT_EQ(wanted_, 18u);  // 15 % more on each, and no more than that at once
}

// Simpler rules go to and fro here for ever: four pods are well under the target, three collapse.
TEST_F(LatencyRuleTest, WhatWasTooFewOnceIsNotTriedAgain) {
  Pass(10);
  ASSERT_EQ(wanted_, 4u);  // 15 % more on each would be 3.5 pods
  load_ = 3.4;
  Pass(1);
  ASSERT_EQ(wanted_, 3u);
  Follow();
  share_ = 0.3;
  Pass(31);
  ASSERT_EQ(wanted_, 4u);
  Follow();
  share_ = 0.01;
  Pass(7200);
  EXPECT_EQ(wanted_, 4u);
}

TEST_F(LatencyRuleTest, FewCallsNeedOnePod) {
  calls_ = 20;
  share_ = 0;
  Pass(10);
  EXPECT_EQ(wanted_, 1u);
}

// Such as one long call after the other, or many of a tool that is slow by nature.
TEST_F(LatencyRuleTest, FewCallsBesideManyUnderWayShrinkNothing) {
  calls_ = 20;
  share_ = 0;
  in_flight_ = 12;
  Pass(600);
  EXPECT_EQ(wanted_, 4u);
}

TEST_F(LatencyRuleTest, FewCallsOfWhichManyAreLateSayNothing) {
  calls_ = 20;
  share_ = 0.5;
  Pass(600);
  EXPECT_EQ(wanted_, 4u);
  EXPECT_EQ(rule_.advice(), LatencyAdvice::kUnknown);
}

}  // namespace
}  // namespace mcp_vitals::scaler
