#include "vitals/fine_histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "vitals/histogram.h"

namespace mcp_vitals::vitals {
namespace {

using testing::DoubleEq;
using testing::IsSupersetOf;

std::vector<double> Bounds() {
  const auto bounds = FineHistogram::Bounds();
  return {bounds.begin(), bounds.end()};
}

std::uint64_t NaiveCount(const std::vector<double>& values, double bound) {
  return static_cast<std::uint64_t>(
      std::count_if(values.begin(), values.end(), [&](double value) { return value <= bound; }));
}

TEST(FineHistogramTest, HasTheCoarseBoundsAmongItsOwn) {
  EXPECT_THAT(Bounds(), IsSupersetOf(kDurationBounds));
  EXPECT_THAT(Bounds(), IsSupersetOf(kLifetimeBounds));
}

TEST(FineHistogramTest, BoundsReachFromATenthOfAMillisecondToADay) {
  EXPECT_EQ(Bounds().front(), 1e-4);
  EXPECT_EQ(Bounds().back(), 86400);
}

TEST(FineHistogramTest, BucketsGrowByFivePercentAtMost) {
  const auto bounds = Bounds();
  for (std::size_t i = 1; i < bounds.size(); ++i) {
    EXPECT_GT(bounds[i], bounds[i - 1]);
    EXPECT_LE(bounds[i] / bounds[i - 1], 1.05 + 1e-12) << bounds[i];
  }
}

TEST(FineHistogramTest, TakesNoMoreMemoryThanItSays) {
  EXPECT_LE((Bounds().size() + 1) * sizeof(std::uint64_t), 4096u);
  EXPECT_LE(sizeof(FineHistogram), 48u);
}

TEST(FineHistogramTest, StartsEmpty) {
  const FineHistogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.sum(), 0);
  EXPECT_EQ(histogram.CountUpTo(1), 0u);
  EXPECT_EQ(histogram.CountUpTo(86400), 0u);
}

TEST(FineHistogramTest, CountsAsACoarseHistogramWould) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> exponent(-5, 6);  // 10 µs to 11 days
  std::vector<double> values;
  values.reserve(30'000);
  FineHistogram histogram;
  for (int i = 0; i < 20'000; ++i) values.push_back(std::pow(10, exponent(random)));
  for (const double bound : Bounds()) {
    values.insert(values.end(), {bound, std::nextafter(bound, 0), std::nextafter(bound, 1e9)});
  }
  for (const double value : values) histogram.Observe(value);
  EXPECT_EQ(histogram.count(), values.size());
  for (const double bound : kDurationBounds) {
    EXPECT_EQ(histogram.CountUpTo(bound), NaiveCount(values, bound)) << bound;
  }
  for (const double bound : kLifetimeBounds) {
    EXPECT_EQ(histogram.CountUpTo(bound), NaiveCount(values, bound)) << bound;
  }
}

TEST(FineHistogramTest, AgreesWithTheCoarseHistogram) {
  std::mt19937 random(8);
  std::exponential_distribution<double> durations(0.2);
  FineHistogram fine;
  Histogram coarse;
  for (int i = 0; i < 5'000; ++i) {
    const double seconds = durations(random);
    fine.Observe(seconds);
    coarse.Observe(seconds);
  }
  for (std::size_t i = 0; i < kDurationBounds.size(); ++i) {
    EXPECT_EQ(fine.CountUpTo(kDurationBounds[i]), coarse.cumulative(i)) << kDurationBounds[i];
  }
}

TEST(FineHistogramTest, AValueOnABoundIsWithinIt) {
  for (const double bound : kLifetimeBounds) {
    FineHistogram histogram;
    histogram.Observe(bound);
    histogram.Observe(std::nextafter(bound, 1e9));
    EXPECT_EQ(histogram.CountUpTo(bound), 1u) << bound;
  }
}

TEST(FineHistogramTest, LessThanNothingCountsAsNothing) {
  FineHistogram histogram;
  histogram.Observe(-5);
  histogram.Observe(0);
  histogram.Observe(-std::numeric_limits<double>::infinity());
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_EQ(histogram.sum(), 0);
  EXPECT_EQ(histogram.CountUpTo(0.01), 3u);
}

TEST(FineHistogramTest, IgnoresANaN) {
  FineHistogram histogram;
  histogram.Observe(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(histogram.count(), 0u);
  histogram.Observe(1);
  EXPECT_EQ(histogram.sum(), 1);
}

TEST(FineHistogramTest, MoreThanADayIsCountedAboveEveryBound) {
  FineHistogram histogram;
  histogram.Observe(86400);
  histogram.Observe(86401);
  histogram.Observe(1e12);
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_EQ(histogram.CountUpTo(86400), 1u);
}

TEST(FineHistogramTest, SumsWhatItSees) {
  FineHistogram histogram;
  for (const double seconds : {0.25, 0.5, 100.0}) histogram.Observe(seconds);
  EXPECT_THAT(histogram.sum(), DoubleEq(100.75));
}

TEST(FineHistogramTest, AddsUp) {
  FineHistogram a, b;
  a.Observe(0.5);
  b.Observe(0.5);
  b.Observe(30);
  a.Add(b);
  EXPECT_EQ(a.count(), 3u);
  EXPECT_THAT(a.sum(), DoubleEq(31));
  EXPECT_EQ(a.CountUpTo(0.5), 2u);
  EXPECT_EQ(a.CountUpTo(30), 3u);
  EXPECT_EQ(b.count(), 2u) << "the other stays as it is";
}

TEST(FineHistogramTest, AddsToAndFromNothing) {
  FineHistogram empty, one, none;
  one.Observe(1);
  empty.Add(one);
  EXPECT_EQ(empty.CountUpTo(1), 1u);
  empty.Add(none);
  EXPECT_EQ(empty.count(), 1u);
  none.Add(FineHistogram());
  EXPECT_EQ(none.count(), 0u);
}

TEST(FineHistogramTest, AQuantileIsAtMostFivePercentTooHigh) {
  FineHistogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.Observe(i * 0.001);
  for (const double q : {0.01, 0.5, 0.95, 0.99, 1.0}) {
    const auto quantile = histogram.Quantile(q);
    ASSERT_TRUE(quantile);
    EXPECT_GE(*quantile, q * 0.999);
    EXPECT_LE(*quantile, q * 1.0501);
  }
}

TEST(FineHistogramTest, AQuantileOfNothingOrBeyondADayIsUnknown) {
  FineHistogram histogram;
  EXPECT_FALSE(histogram.Quantile(0.5));
  histogram.Observe(1e6);
  EXPECT_FALSE(histogram.Quantile(0.5));
}

}  // namespace
}  // namespace mcp_vitals::vitals
