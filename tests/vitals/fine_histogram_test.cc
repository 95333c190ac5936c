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
using testing::ElementsAre;
using testing::ElementsAreArray;
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
  EXPECT_LE(sizeof(FineHistogram), 48u);
  FineHistogram usual;
  for (const double seconds : {2.0, 0.010, 0.3}) usual.Observe(seconds);
  EXPECT_LE(usual.buckets().size_bytes(), 1024u);
  FineHistogram widest;
  for (const double seconds : {1.0, 1e9, 0.0}) widest.Observe(seconds);
  EXPECT_EQ(widest.buckets().size(), Bounds().size() + 1);
  EXPECT_LE(widest.buckets().size_bytes(), 4096u);
}

TEST(FineHistogramTest, HoldsTheSpanOfWhatItSawInWhateverOrder) {
  const std::vector<double> values = {0.5, 7, 0.002, 0.5, 1e9, 0.04, 0};
  FineHistogram forward, backward, sorted;
  for (const double value : values) forward.Observe(value);
  for (std::size_t i = values.size(); i > 0; --i) backward.Observe(values[i - 1]);
  for (const double value : {0.0, 0.002, 0.04, 0.5, 0.5, 7.0, 1e9}) sorted.Observe(value);
  for (const FineHistogram* other : {&backward, &sorted}) {
    EXPECT_EQ(forward.first_bucket(), other->first_bucket());
    EXPECT_THAT(forward.buckets(), ElementsAreArray(other->buckets()));
  }
  FineHistogram narrow;
  narrow.Observe(0.5);
  narrow.Observe(0.5);
  EXPECT_THAT(narrow.buckets(), ElementsAre(2u));
  EXPECT_EQ(Bounds()[narrow.first_bucket()], 0.5);
}

TEST(FineHistogramTest, AllocatesNothingWithinTheSpanItHasSeen) {
  FineHistogram histogram;
  histogram.Observe(0.001);
  histogram.Observe(10);
  const auto* where = histogram.buckets().data();
  for (double seconds = 0.001; seconds < 10; seconds *= 1.01) histogram.Observe(seconds);
  EXPECT_EQ(histogram.buckets().data(), where);
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

TEST(FineHistogramTest, TakesManyAtOnce) {
  FineHistogram many, one_by_one, none;
  many.Observe(0.5, 3);
  for (int i = 0; i < 3; ++i) one_by_one.Observe(0.5);
  EXPECT_EQ(many.count(), 3u);
  EXPECT_EQ(many.sum(), one_by_one.sum());
  EXPECT_THAT(many.buckets(), ElementsAreArray(one_by_one.buckets()));
  none.Observe(0.5, 0);
  EXPECT_TRUE(none.buckets().empty());
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

TEST(FineHistogramTest, SpansAddUpWhereverTheyLie) {
  const std::vector<double> low = {0.001, 0.003}, middle = {0.002, 1}, high = {60, 1e9};
  for (const auto& first : {low, middle, high}) {
    for (const auto& second : {low, middle, high}) {
      FineHistogram a, b, both;
      for (const double value : first) a.Observe(value), both.Observe(value);
      for (const double value : second) b.Observe(value), both.Observe(value);
      a.Add(b);
      EXPECT_EQ(a.first_bucket(), both.first_bucket());
      EXPECT_THAT(a.buckets(), ElementsAreArray(both.buckets()));
    }
  }
}

TEST(FineHistogramTest, IsCarriedElsewhereByItsBuckets) {
  FineHistogram histogram;
  histogram.Observe(1);
  const auto last = static_cast<std::uint32_t>(Bounds().size());
  const std::uint32_t one = histogram.first_bucket() & 0xffffu;
  EXPECT_TRUE(
      histogram.AddBuckets(std::vector{last, one, 3u, 0u}, std::vector<std::uint64_t>{2, 4, 5, 0}));
  EXPECT_EQ(histogram.count(), 12u);
  EXPECT_EQ(histogram.first_bucket(), 3u) << "a bucket of nothing takes no room";
  EXPECT_EQ(histogram.CountUpTo(0.01), 5u);
  EXPECT_EQ(histogram.CountUpTo(1), 10u);
  EXPECT_EQ(histogram.CountAbove(86400), 2);
  EXPECT_TRUE(histogram.AddBuckets({}, {}));
}

TEST(FineHistogramTest, TakesNoBucketsThatCannotBeItsOwn) {
  using Counts = std::vector<std::uint64_t>;
  const auto beyond = static_cast<std::uint32_t>(Bounds().size() + 1);
  FineHistogram histogram;
  histogram.Observe(1);
  EXPECT_FALSE(histogram.AddBuckets(std::vector{0u, beyond}, Counts{1, 1}));
  EXPECT_FALSE(histogram.AddBuckets(std::vector{0u, 1u}, Counts{1}));
  EXPECT_FALSE(histogram.AddBuckets(std::vector{0u}, Counts{~std::uint64_t{0}}));
  EXPECT_FALSE(histogram.AddBuckets(std::vector{0u, 0u}, Counts{1u << 31, ~std::uint64_t{0}}));
  EXPECT_EQ(histogram.count(), 1u);
  EXPECT_EQ(histogram.buckets().size(), 1u);
}

TEST(FineHistogramTest, CountsWhatIsAboveAnyBoundToWithinOneBucket) {
  FineHistogram histogram;
  for (int i = 1; i <= 100'000; ++i) histogram.Observe(i * 1e-4);  // evenly up to 10 s
  for (const double bound : {0.3, 1.0, 1.97, 2.0, 2.03, 9.99}) {
    EXPECT_NEAR(histogram.CountAbove(bound), 1e5 - bound * 1e4, 2) << bound;
  }
  EXPECT_EQ(histogram.CountAbove(0), 1e5);
  EXPECT_EQ(histogram.CountAbove(-1), 1e5);
  EXPECT_EQ(histogram.CountAbove(11), 0);
  for (const double bound : kLifetimeBounds) {
    EXPECT_EQ(histogram.CountAbove(bound), 1e5 - static_cast<double>(histogram.CountUpTo(bound)));
  }
}

TEST(FineHistogramTest, WhatTookMoreThanADayIsAboveEveryBound) {
  FineHistogram histogram;
  histogram.Observe(1e6);
  for (const double bound : {0.0, 1.0, 86400.0, 1e9}) EXPECT_EQ(histogram.CountAbove(bound), 1);
  EXPECT_EQ(FineHistogram().CountAbove(1), 0);
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
