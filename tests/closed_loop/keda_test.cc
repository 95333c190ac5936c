#include "tests/closed_loop/keda.h"

#include <gmock/gmock.h>

// What KEDA 2.20 was seen to do.
namespace mcp_vitals::closed_loop {
namespace {

class KedaTest : public testing::Test {
 protected:
  void Begin(ScaledObject object, int replicas) {
    object.triggers = {{"load", Trigger::Type::kAverageValue, 1, [this](double) { return says_; }}};
    keda_.emplace(std::move(object));
    Is(replicas);
  }
  void Is(int replicas) { scale_ = {replicas, replicas, replicas}; }
  int Poll(double now) {
    Is(keda_->Poll(scale_, now));
    return scale_.spec;
  }
  int Sync(double now) {
    Is(keda_->Sync(scale_, now));
    return scale_.spec;
  }

  std::optional<Reading> says_ = Reading{6, true};
  std::optional<Keda> keda_;
  Scale scale_;
};

TEST_F(KedaTest, FromZeroToTheLeastAndThenTheHpa) {
  Begin({}, 0);
  EXPECT_EQ(Sync(0), 0) << "the HPA does not scale from zero";
  EXPECT_EQ(Poll(1), 1);
  EXPECT_EQ(Sync(2), 4);
  EXPECT_EQ(Sync(17), 6);
}

TEST_F(KedaTest, ToZeroOnceTheCooldownIsOver) {
  Begin({}, 3);
  Poll(0);
  says_ = Reading{0, false};
  EXPECT_EQ(Poll(300), 3);
  EXPECT_EQ(Poll(301), 0);
}

TEST_F(KedaTest, NeverToZeroWithALeast) {
  ScaledObject object;
  object.min = 2;
  Begin(object, 3);
  says_ = Reading{0, false};
  EXPECT_EQ(Poll(10'000), 3);
  Is(1);
  EXPECT_EQ(Poll(10'030), 2);
}

TEST_F(KedaTest, AnErrorMovesNothing) {
  Begin({}, 5);
  Poll(0);
  says_.reset();
  for (int now = 30; now < 3000; now += 30) {
    EXPECT_EQ(Poll(now), 5);
    EXPECT_EQ(Sync(now), 5);
  }
}

TEST_F(KedaTest, AfterALongOutageTheFirstNotActiveGoesToZeroAtOnce) {
  Begin({}, 6);
  Poll(0);
  says_.reset();
  Poll(400);
  says_ = Reading{6, false};
  EXPECT_EQ(Poll(430), 0);
}

TEST_F(KedaTest, APushOfActiveCountsAtOnceAndOfNotActiveNever) {
  Begin({}, 0);
  EXPECT_EQ(keda_->Push(false, scale_, 0), 0);
  EXPECT_EQ(keda_->Push(true, scale_, 0), 1);
  Is(3);
  EXPECT_EQ(keda_->Push(false, scale_, 10'000), 3);
  keda_->Push(true, scale_, 10'000);
  says_ = Reading{0, false};
  EXPECT_EQ(Poll(10'100), 3) << "it has put the cooldown off";
}

TEST_F(KedaTest, TheFallbackTakesOverAfterItsThreshold) {
  ScaledObject object;
  object.fallback = Fallback{Fallback::Kind::kStatic, 3, 8};
  Begin(object, 5);
  says_.reset();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Sync(15 * i), 5);
  EXPECT_EQ(Sync(45), 8);
}

TEST_F(KedaTest, AStaticFallbackShrinksALargeFleetAndTheOtherDoesNot) {
  for (const auto kind : {Fallback::Kind::kStatic, Fallback::Kind::kCurrentReplicasIfHigher}) {
    says_ = Reading{40, true};
    ScaledObject object;
    object.fallback = Fallback{kind, 3, 8};
    Begin(object, 40);
    Sync(0);
    says_.reset();
    for (int now = 15; now < 600; now += 15) Sync(now);
    EXPECT_EQ(scale_.spec, kind == Fallback::Kind::kStatic ? 8 : 40);
  }
}

TEST_F(KedaTest, ValuesHaveThreeDecimals) {
  says_ = Reading{1.0004, true};
  Begin({}, 1);
  Sync(0);
  EXPECT_EQ(keda_->last(0), 1000);
}

}  // namespace
}  // namespace mcp_vitals::closed_loop
