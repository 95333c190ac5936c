#include "probe/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mcp_vitals::probe {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = Plan::Time;

constexpr Time kStart{seconds(1'000'000)};
constexpr auto kMostJitter = milliseconds(1'800);  // 3 % of a minute

std::vector<std::string> Names(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("target-" + std::to_string(i));
  return names;
}

Schedule Minutely(std::size_t max_concurrent = 10'000) {
  return {seconds(60), seconds(10), max_concurrent};
}

class PlanTest : public testing::Test {
 protected:
  // The one target's next probe: when it is due; it is started then.
  Time StartNext() {
    const auto wake = plan_.NextWake();
    EXPECT_TRUE(wake);
    EXPECT_EQ(plan_.Due(*wake - milliseconds(1)).size(), 0u);
    EXPECT_EQ(plan_.Due(*wake).size(), 1u);
    return *wake;
  }

  Plan plan_{1};
};

TEST_F(PlanTest, SingleTargetIsDueAtOnce) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  EXPECT_EQ(plan_.NextWake(), kStart);
  EXPECT_EQ(plan_.Due(kStart), std::vector<std::string>{"only"});
  EXPECT_EQ(plan_.under_way(), 1u);
}

TEST_F(PlanTest, WithoutTargetsThereIsNothingToWaitFor) {
  EXPECT_FALSE(plan_.NextWake());
  plan_.Configure(Minutely(), {}, kStart);
  EXPECT_FALSE(plan_.NextWake());
}

TEST_F(PlanTest, FirstProbesOfManySpreadEvenlyOverTheInterval) {
  plan_.Configure(Minutely(), Names(6'000), kStart);
  std::size_t begun = 0;
  for (int second = 0; second < 60; ++second) {
    const auto due = plan_.Due(kStart + seconds(second) + milliseconds(999)).size();
    EXPECT_NEAR(static_cast<double>(due), 100, 2) << "in second " << second;
    begun += due;
  }
  begun += plan_.Due(kStart + seconds(60)).size();
  EXPECT_EQ(begun, 6'000u);
}

TEST_F(PlanTest, FirstProbesOfFewAreNotHeldBackForAWholeInterval) {
  plan_.Configure(Minutely(), Names(10), kStart);
  EXPECT_EQ(plan_.Due(kStart).size(), 1u);
  EXPECT_EQ(plan_.Due(kStart + seconds(2)).size(), 9u);
}

TEST_F(PlanTest, SlotsDoNotDriftHoweverLongProbesTake) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  Time begun = StartNext();
  for (int round = 1; round <= 1'000; ++round) {
    plan_.Finished("only", true, begun + seconds(round % 50));
    const Time slot = kStart + seconds(60) * round;
    begun = StartNext();
    EXPECT_GE(begun, slot);
    EXPECT_LT(begun, slot + kMostJitter);
  }
}

TEST_F(PlanTest, ProbesOfTheSameTargetAreJittered) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  Time begun = StartNext();
  std::vector<Time::duration> offsets;
  for (int round = 1; round <= 20; ++round) {
    plan_.Finished("only", true, begun);
    begun = StartNext();
    offsets.push_back(begun - (kStart + seconds(60) * round));
  }
  std::sort(offsets.begin(), offsets.end());
  EXPECT_GT(offsets.back() - offsets.front(), milliseconds(500));
}

TEST_F(PlanTest, TargetIsNotDueWhileItIsBeingProbed) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  EXPECT_FALSE(plan_.NextWake());
  EXPECT_TRUE(plan_.Due(kStart + seconds(600)).empty());
}

TEST_F(PlanTest, SlotsThatPassDuringAProbeAreSkipped) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", true, kStart + seconds(150));
  const Time next = StartNext();
  EXPECT_GE(next, kStart + seconds(180));
  EXPECT_LT(next, kStart + seconds(180) + kMostJitter);
}

TEST_F(PlanTest, TargetThatHasBecomeAnotherIsDueAtOnce) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", true, kStart);
  plan_.Restart("only", kStart + seconds(5));
  EXPECT_EQ(StartNext(), kStart + seconds(5));
}

TEST_F(PlanTest, TargetThatHasBecomeAnotherDuringItsProbeIsDueAtTheEndOfIt) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Restart("only", kStart + seconds(5));
  EXPECT_FALSE(plan_.NextWake());
  plan_.Finished("only", true, kStart + seconds(8));
  EXPECT_EQ(StartNext(), kStart + seconds(8));
  plan_.Finished("only", true, kStart + seconds(8));
  EXPECT_GT(StartNext(), kStart + seconds(8)) << "once";
}

TEST_F(PlanTest, LooksAgainSoonAfterTheFirstResultIsAFailure) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", false, kStart + seconds(1));
  EXPECT_EQ(StartNext(), kStart + seconds(11));
}

TEST_F(PlanTest, LooksAgainSoonAfterASuccessTurnsIntoAFailure) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", true, kStart);
  const Time second = StartNext();
  plan_.Finished("only", false, second);
  EXPECT_EQ(StartNext(), second + seconds(10));
}

TEST_F(PlanTest, LooksAgainOnlyOnceAndThenKeepsToTheInterval) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", true, kStart);
  const Time failed = StartNext();
  plan_.Finished("only", false, failed);
  const Time again = StartNext();
  plan_.Finished("only", false, again);
  const Time next = StartNext();
  EXPECT_GE(next, kStart + seconds(120));
  EXPECT_LT(next, kStart + seconds(120) + kMostJitter);
  plan_.Finished("only", false, next);
  EXPECT_GE(StartNext(), kStart + seconds(180));
}

TEST_F(PlanTest, NewTargetThatWasNeverGoodIsLookedAtOftenForFiveMinutes) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  Time begun = StartNext();
  int probes = 1;
  while (begun < kStart + seconds(290)) {
    plan_.Finished("only", false, begun);
    const Time next = StartNext();
    // A slot of the interval may come before the retry.
    EXPECT_LE(next, begun + seconds(10) + kMostJitter);
    begun = next;
    ++probes;
  }
  EXPECT_GE(probes, 25);
  plan_.Finished("only", false, kStart + seconds(300));
  EXPECT_GE(StartNext(), kStart + seconds(360)) << "it has had its time to start";
}

TEST_F(PlanTest, NewTargetThatWasGoodOnceIsNoLongerStarting) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", false, kStart);
  plan_.Finished("only", true, StartNext());
  const Time failed = StartNext();
  plan_.Finished("only", false, failed);
  plan_.Finished("only", false, StartNext());
  EXPECT_GE(StartNext(), kStart + seconds(120));
}

TEST_F(PlanTest, TargetThatHasBecomeAnotherMayStartAnew) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", true, kStart);
  const Time changed = kStart + seconds(3600);
  plan_.Restart("only", changed);
  plan_.Finished("only", false, StartNext());
  const Time again = StartNext();
  plan_.Finished("only", false, again);
  EXPECT_EQ(StartNext(), again + seconds(10));
}

TEST_F(PlanTest, LooksAgainAfterEachNewFailure) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", false, kStart);
  const Time again = StartNext();
  plan_.Finished("only", true, again);
  const Time next = StartNext();
  plan_.Finished("only", false, next);
  EXPECT_EQ(StartNext(), next + seconds(10));
}

TEST_F(PlanTest, RetryThatComesAfterTheNextSlotIsLeftToTheSlot) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", false, kStart + seconds(55));
  const Time next = StartNext();
  EXPECT_GE(next, kStart + seconds(60));
  EXPECT_LT(next, kStart + seconds(60) + kMostJitter);
}

TEST_F(PlanTest, NoMoreThanTheBoundAreUnderWay) {
  plan_.Configure(Minutely(3), Names(10), kStart);
  const Time later = kStart + seconds(5);
  const auto first = plan_.Due(later);
  EXPECT_EQ(first.size(), 3u);
  EXPECT_TRUE(plan_.Due(later).empty());
  EXPECT_FALSE(plan_.NextWake()) << "only the end of a probe makes room";
  plan_.Finished(first[0], true, later);
  EXPECT_LE(plan_.NextWake(), later);
  EXPECT_EQ(plan_.Due(later).size(), 1u);
}

TEST_F(PlanTest, LongestDueComesFirstAndNobodyIsForgotten) {
  plan_.Configure(Minutely(1), Names(50), kStart);
  Time now = kStart + seconds(60);
  std::vector<std::string> order;
  while (order.size() < 50) {
    const auto due = plan_.Due(now);
    ASSERT_EQ(due.size(), 1u);
    order.push_back(due[0]);
    now += milliseconds(100);
    plan_.Finished(due[0], true, now);
  }
  std::sort(order.begin(), order.end());
  EXPECT_EQ(std::unique(order.begin(), order.end()), order.end());
}

TEST_F(PlanTest, WaitingForAPlaceLongerThanTheIntervalDoesNotPileUp) {
  plan_.Configure(Minutely(1), {"a", "b"}, kStart);
  const auto first = plan_.Due(kStart + seconds(1));
  ASSERT_EQ(first.size(), 1u);
  const std::string other = first[0] == "a" ? "b" : "a";
  const Time late = kStart + seconds(290);
  plan_.Finished(first[0], true, late);
  EXPECT_EQ(plan_.Due(late), std::vector<std::string>{other});
  plan_.Finished(other, true, late);
  EXPECT_TRUE(plan_.Due(late).empty());
  EXPECT_GT(plan_.NextWake(), late);
}

TEST_F(PlanTest, TargetsThatStayKeepTheirNextTime) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", true, kStart);
  const auto before = plan_.NextWake();
  plan_.Configure(Minutely(), {"only"}, kStart + seconds(20));
  EXPECT_EQ(plan_.NextWake(), before);
}

TEST_F(PlanTest, NewTargetDoesNotWaitForThoseThatStay) {
  plan_.Configure(Minutely(), {"old"}, kStart);
  StartNext();
  plan_.Finished("old", true, kStart);
  plan_.Configure(Minutely(), {"old", "new"}, kStart + seconds(5));
  EXPECT_EQ(plan_.Due(kStart + seconds(5)), std::vector<std::string>{"new"});
}

TEST_F(PlanTest, ShorterIntervalBringsTheNextProbeNearer) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Finished("only", true, kStart);
  plan_.Configure({seconds(5), seconds(1), 1}, {"only"}, kStart + seconds(10));
  EXPECT_LE(plan_.NextWake(), kStart + seconds(15));
}

TEST_F(PlanTest, TargetThatIsGoneIsNotProbedAgain) {
  plan_.Configure(Minutely(), {"stays", "goes"}, kStart);
  const auto due = plan_.Due(kStart + seconds(1));
  ASSERT_EQ(due.size(), 2u);
  plan_.Finished("goes", true, kStart + seconds(1));
  plan_.Configure(Minutely(), {"stays"}, kStart + seconds(2));
  plan_.Finished("stays", true, kStart + seconds(2));
  EXPECT_EQ(plan_.Due(kStart + seconds(62)), std::vector<std::string>{"stays"});
}

TEST_F(PlanTest, TargetThatGoesWhileBeingProbedStillTakesAPlace) {
  plan_.Configure(Minutely(1), {"goes"}, kStart);
  StartNext();
  plan_.Configure(Minutely(1), {"new"}, kStart);
  EXPECT_TRUE(plan_.Due(kStart).empty());
  EXPECT_EQ(plan_.under_way(), 1u);
  plan_.Finished("goes", true, kStart + seconds(1));
  EXPECT_EQ(plan_.Due(kStart + seconds(1)), std::vector<std::string>{"new"});
}

TEST_F(PlanTest, TargetThatGoesAndComesBackIsNotProbedTwiceAtOnce) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  StartNext();
  plan_.Configure(Minutely(), {}, kStart + seconds(1));
  plan_.Configure(Minutely(), {"only"}, kStart + seconds(2));
  EXPECT_TRUE(plan_.Due(kStart + seconds(2)).empty());
  plan_.Finished("only", true, kStart + seconds(3));
  EXPECT_EQ(plan_.under_way(), 0u);
  EXPECT_GE(StartNext(), kStart + seconds(60));
}

TEST_F(PlanTest, EndOfAProbeThatWasNotBegunChangesNothing) {
  plan_.Configure(Minutely(), {"only"}, kStart);
  plan_.Finished("only", false, kStart);
  plan_.Finished("unknown", false, kStart);
  EXPECT_EQ(plan_.under_way(), 0u);
  EXPECT_EQ(plan_.NextWake(), kStart);
}

}  // namespace
}  // namespace mcp_vitals::probe
