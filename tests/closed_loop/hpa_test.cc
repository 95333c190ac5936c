#include "tests/closed_loop/hpa.h"

#include <gmock/gmock.h>

namespace mcp_vitals::closed_loop {
namespace {

using Asked = std::vector<std::optional<int>>;

// An HPA and its scale, synced each 15 s.
class HpaTest : public testing::Test {
 protected:
  void Begin(std::optional<Behavior> behavior, int replicas) {
    hpa_.emplace(Hpa::Spec{1, 100, std::move(behavior), 0.1, 300});
    replicas_ = replicas;
  }
  int Sync(const Asked& asked) {
    now_ += 15;
    return replicas_ = hpa_->Sync(asked, replicas_, now_);
  }
  int SyncFor(int seconds, int asked) {
    for (int i = 0; i < seconds; i += 15) Sync({asked});
    return replicas_;
  }

  std::optional<Hpa> hpa_;
  int replicas_ = 0;
  double now_ = 0;
};

TEST_F(HpaTest, TheLargestOfSeveralMetricsWins) {
  Begin(Behavior(), 3);
  EXPECT_EQ(Sync({4, 5, 2}), 5);
}

TEST_F(HpaTest, WithoutAnyMetricNothingChanges) {
  Begin(Behavior(), 3);
  EXPECT_EQ(Sync({std::nullopt}), 3);
}

TEST_F(HpaTest, WithAMetricMissingTheFleetMayGrowAndNotShrink) {
  Begin(Behavior(), 5);
  for (int i = 0; i < 100; ++i) Sync({std::nullopt, 2});
  EXPECT_EQ(replicas_, 5);
  EXPECT_EQ(Sync({std::nullopt, 7}), 7);
}

TEST_F(HpaTest, UpByFourPodsOrTwiceWithoutWaiting) {
  Begin(Behavior(), 2);
  EXPECT_EQ(Sync({50}), 6);
  EXPECT_EQ(Sync({50}), 12);
  EXPECT_EQ(Sync({50}), 24);
}

TEST_F(HpaTest, WithoutABehaviourUpToFourOrTwice) {
  Begin(std::nullopt, 1);
  EXPECT_EQ(Sync({50}), 4);
  EXPECT_EQ(Sync({50}), 8);
}

TEST_F(HpaTest, DownOnlyToTheMostOfFiveMinutes) {
  for (const auto& behavior : {std::optional<Behavior>(), std::optional(Behavior())}) {
    Begin(behavior, 10);
    SyncFor(600, 10);
    EXPECT_EQ(SyncFor(285, 2), 10);
    EXPECT_EQ(SyncFor(30, 2), 2);
  }
}

TEST_F(HpaTest, APolicyBoundsWhatGoesInItsPeriod) {
  Behavior behavior;
  behavior.down.window = 0;
  behavior.down.policies = {{ScalingPolicy::Kind::kPods, 1, 30},
                            {ScalingPolicy::Kind::kPercent, 10, 30}};
  Begin(behavior, 30);
  EXPECT_EQ(Sync({5}), 27);
  EXPECT_EQ(Sync({5}), 27);
  EXPECT_EQ(Sync({5}), 24) << "a tenth of 27, rounded to the smaller fleet";
  Begin(behavior, 5);
  EXPECT_EQ(Sync({1}), 4);
}

TEST_F(HpaTest, ToleranceBelongsToTheBehaviour) {
  Behavior behavior;
  behavior.up.tolerance = 0;
  Begin(behavior, 1);
  EXPECT_EQ(hpa_->tolerance().up, 0);
  EXPECT_EQ(hpa_->tolerance().down, 0.1);
}

TEST_F(HpaTest, AtZeroItIsSwitchedOff) {
  Begin(Behavior(), 0);
  EXPECT_EQ(Sync({5}), 0);
}

}  // namespace
}  // namespace mcp_vitals::closed_loop
