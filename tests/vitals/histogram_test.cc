#include "vitals/histogram.h"

#include <gtest/gtest.h>

#include <limits>

namespace mcp_vitals::vitals {
namespace {

TEST(HistogramTest, StartsEmpty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.sum(), 0);
}

TEST(HistogramTest, CountsAValueOnABoundWithinIt) {
  Histogram histogram;
  histogram.Observe(0.05);
  EXPECT_EQ(histogram.cumulative(1), 0u);  // 0.02
  EXPECT_EQ(histogram.cumulative(2), 1u);  // 0.05
}

TEST(HistogramTest, CountsUpFromBoundToBound) {
  Histogram histogram;
  for (const double seconds : {0.001, 0.03, 0.03, 7.0}) histogram.Observe(seconds);
  EXPECT_EQ(histogram.cumulative(0), 1u);  // 0.01
  EXPECT_EQ(histogram.cumulative(2), 3u);  // 0.05
  EXPECT_EQ(histogram.cumulative(8), 3u);  // 5
  EXPECT_EQ(histogram.cumulative(9), 4u);  // 10
  EXPECT_EQ(histogram.count(), 4u);
  EXPECT_DOUBLE_EQ(histogram.sum(), 7.061);
}

TEST(HistogramTest, CountsWhatIsBeyondTheLastBoundInAllAlone) {
  Histogram histogram;
  histogram.Observe(1000);
  EXPECT_EQ(histogram.cumulative(kDurationBounds.size() - 1), 0u);
  EXPECT_EQ(histogram.cumulative(kDurationBounds.size()), 1u);
}

TEST(HistogramTest, IgnoresWhatIsNoNumber) {
  Histogram histogram;
  histogram.Observe(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.sum(), 0);
}

}  // namespace
}  // namespace mcp_vitals::vitals
