#include "proxy/body_copy.h"

#include <gtest/gtest.h>

namespace mcp_vitals::proxy {
namespace {

TEST(BodyCopyTest, GathersWhatPasses) {
  BodyBudget budget{.left = 100, .per_body = 10};
  BodyCopy copy(budget);
  copy.Append("abc");
  copy.Append("");
  copy.Append("defghij");
  EXPECT_EQ(copy.bytes(), "abcdefghij");
  EXPECT_FALSE(copy.gave_up());
  EXPECT_EQ(budget.left, 90u);
}

TEST(BodyCopyTest, GivesUpOnABodyThatIsTooLarge) {
  BodyBudget budget{.left = 100, .per_body = 10};
  BodyCopy copy(budget);
  copy.Append("abc");
  copy.Append("defghijk");
  EXPECT_TRUE(copy.gave_up());
  EXPECT_EQ(copy.bytes(), "");
  EXPECT_EQ(budget.left, 100u);
  copy.Append("a");
  EXPECT_EQ(copy.bytes(), "") << "what follows is no body of its own";
  EXPECT_TRUE(copy.gave_up());
}

TEST(BodyCopyTest, GivesUpWhenAllTogetherAreTooLarge) {
  BodyBudget budget{.left = 15, .per_body = 10};
  BodyCopy first(budget), second(budget);
  first.Append("0123456789");
  second.Append("01234");
  EXPECT_EQ(budget.left, 0u);
  second.Append("5");
  EXPECT_TRUE(second.gave_up());
  EXPECT_EQ(first.bytes(), "0123456789") << "the other goes on";
  EXPECT_EQ(budget.left, 5u);
}

TEST(BodyCopyTest, GivesBackWhatItHeld) {
  BodyBudget budget{.left = 100, .per_body = 10};
  {
    BodyCopy copy(budget);
    copy.Append("abc");
    copy.Release();
    EXPECT_EQ(budget.left, 100u);
    EXPECT_EQ(copy.bytes(), "");
    copy.Append("de");
  }
  EXPECT_EQ(budget.left, 100u) << "at its end too";
}

TEST(BodyCopyTest, ReleasedItMayGatherAnother) {
  BodyBudget budget{.left = 100, .per_body = 2};
  BodyCopy copy(budget);
  copy.Append("abc");
  copy.Release();
  copy.Append("de");
  EXPECT_FALSE(copy.gave_up());
  EXPECT_EQ(copy.bytes(), "de");
}

}  // namespace
}  // namespace mcp_vitals::proxy
