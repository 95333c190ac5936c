#include "vitals/saturation_vitals.h"

#include <gtest/gtest.h>

namespace mcp_vitals::vitals {
namespace {

constexpr char kUrl[] = "http://127.0.0.1:3000/metrics";

Saturation WithPool(double ratio) {
  Saturation figures;
  figures.pool_utilization = ratio;
  return figures;
}

TEST(SaturationTest, TakesTheRatioThatTheServerGives) {
  Saturation figures = WithPool(0.25);
  figures.pool_total = 10;
  figures.pool_idle = 1;
  EXPECT_EQ(figures.PoolRatio(), 0.25);
  EXPECT_EQ(figures.HeapRatio(), std::nullopt);
}

TEST(SaturationTest, ComputesTheRatioFromItsParts) {
  Saturation figures;
  figures.pool_total = 10;
  EXPECT_EQ(figures.PoolRatio(), std::nullopt) << "half of what is needed";
  figures.pool_idle = 4;
  EXPECT_EQ(figures.PoolRatio(), 0.6);
  figures.heap_used = 30;
  figures.heap_limit = 40;
  EXPECT_EQ(figures.HeapRatio(), 0.75);
}

// A runtime takes as much as it uses: that most of it is in use is no lack.
TEST(SaturationTest, WhatTheHeapHasTakenIsNoLimit) {
  Saturation figures;
  figures.heap_used = 30;
  figures.heap_total = 31;
  EXPECT_EQ(figures.HeapRatio(), std::nullopt);
}

TEST(SaturationTest, AnEmptyPoolHasNoRatio) {
  Saturation figures;
  figures.pool_total = figures.pool_idle = 0;
  EXPECT_EQ(figures.PoolRatio(), std::nullopt);
}

TEST(SaturationTest, APartAboveItsWholeHasNoRatio) {
  Saturation figures;
  figures.heap_used = 65;
  figures.heap_limit = 64;
  EXPECT_EQ(figures.HeapRatio(), std::nullopt);
}

TEST(SaturationTest, APoolThatShrankMeanwhileIsNotUsedLessThanNothing) {
  Saturation figures;
  figures.pool_total = 3;
  figures.pool_idle = 5;
  EXPECT_EQ(figures.PoolRatio(), 0);
}

class SaturationVitalsTest : public testing::Test {
 protected:
  SaturationVitalsTest() { vitals_.Configure(kUrl, 0.9); }
  bool SaturatedAfter(double ratio) {
    vitals_.Record(kUrl, WithPool(ratio));
    return vitals_.Get().saturated();
  }
  void Fail() { vitals_.Record(kUrl, FetchFailure{FetchError::kTimeout, ""}); }

  SaturationVitals vitals_;
};

TEST_F(SaturationVitalsTest, KnowsNothingBeforeTheFirstFetch) {
  const SaturationReport report = vitals_.Get();
  EXPECT_EQ(report.fetches, 0u);
  EXPECT_FALSE(report.figures);
  EXPECT_FALSE(report.last_success);
}

TEST_F(SaturationVitalsTest, AFailureTakesTheFiguresAwayAndIsCounted) {
  vitals_.Record(kUrl, WithPool(0.5));
  const auto success = vitals_.Get().last_success;
  EXPECT_TRUE(success);
  Fail();
  const SaturationReport report = vitals_.Get();
  EXPECT_FALSE(report.figures);
  EXPECT_EQ(report.fetches, 2u);
  EXPECT_EQ(report.failures[static_cast<std::size_t>(FetchError::kTimeout)], 1u);
  EXPECT_EQ(report.last_success, success);
}

TEST_F(SaturationVitalsTest, IsSaturatedAfterTwoFetchesAboveTheLimitAndNotAfterOneBelow) {
  EXPECT_FALSE(SaturatedAfter(0.95));
  EXPECT_TRUE(SaturatedAfter(0.95));
  EXPECT_TRUE(SaturatedAfter(1));
  EXPECT_FALSE(SaturatedAfter(0.9)) << "the limit itself may be reached";
  EXPECT_FALSE(SaturatedAfter(0.95));
}

TEST_F(SaturationVitalsTest, TheHeapCountsToo) {
  Saturation figures = WithPool(0.1);
  figures.heap_utilization = 0.99;
  vitals_.Record(kUrl, figures);
  vitals_.Record(kUrl, figures);
  EXPECT_TRUE(vitals_.Get().saturated());
}

TEST_F(SaturationVitalsTest, IsNotSaturatedWhileNothingIsKnown) {
  SaturatedAfter(1);
  EXPECT_TRUE(SaturatedAfter(1));
  Fail();
  EXPECT_FALSE(vitals_.Get().saturated());
  EXPECT_FALSE(SaturatedAfter(1)) << "the failure broke the row";
  vitals_.Record(kUrl, Saturation());
  EXPECT_FALSE(vitals_.Get().saturated());
}

TEST_F(SaturationVitalsTest, WithoutALimitNothingIsAboveIt) {
  vitals_.Configure(kUrl, std::nullopt);
  SaturatedAfter(1);
  EXPECT_FALSE(SaturatedAfter(1));
}

TEST_F(SaturationVitalsTest, AnotherEndpointBeginsAnewAndTheSameGoesOn) {
  SaturatedAfter(1);
  vitals_.Configure(kUrl, 0.9);
  EXPECT_EQ(vitals_.Get().fetches, 1u);
  EXPECT_TRUE(SaturatedAfter(1));
  vitals_.Configure(kUrl, 0.8);
  EXPECT_FALSE(vitals_.Get().saturated()) << "another limit has seen nothing yet";
  EXPECT_TRUE(vitals_.Get().figures);
  vitals_.Configure("http://127.0.0.1:3001/metrics", 0.9);
  EXPECT_EQ(vitals_.Get().fetches, 0u);
  EXPECT_FALSE(vitals_.Get().figures);
}

TEST_F(SaturationVitalsTest, DropsWhatComesLateFromAnEndpointBefore) {
  vitals_.Configure("http://127.0.0.1:3001/metrics", 0.9);
  vitals_.Record(kUrl, WithPool(1));
  EXPECT_EQ(vitals_.Get().fetches, 0u);
}

}  // namespace
}  // namespace mcp_vitals::vitals
