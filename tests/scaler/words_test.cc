#include "scaler/words.h"

#include <gtest/gtest.h>

namespace mcp_vitals::scaler {
namespace {

TEST(WordsTest, NumbersHaveTheDigitsThatMatter) {
  EXPECT_EQ(Number(0), "0");
  EXPECT_EQ(Number(20), "20");
  EXPECT_EQ(Number(1234.56), "1235");
  EXPECT_EQ(Number(2.5), "2.5");
  EXPECT_EQ(Number(2.04), "2");
  EXPECT_EQ(Number(0.125), "0.125");
  EXPECT_EQ(Number(-1.5), "-1.5");
}

TEST(WordsTest, NothingHasNoSign) {
  EXPECT_EQ(Number(-0.0), "0");
  EXPECT_EQ(Number(-0.0004), "0");
}

TEST(WordsTest, AWholePercentHasNoFraction) {
  EXPECT_EQ(Percent(0.5), "50 %");
  EXPECT_EQ(Percent(0.05), "5 %");
  EXPECT_EQ(Percent(0.012), "1.2 %");
}

}  // namespace
}  // namespace mcp_vitals::scaler
