#include "app/expect_flag.h"

#include <gmock/gmock.h>
#include <re2/re2.h>

namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;

probe::Expectation Expect(const char* text) {
  probe::Expectation expectation;
  const auto wrong = AddExpectation(text, expectation);
  EXPECT_FALSE(wrong) << wrong->why;
  return expectation;
}

TEST(ExpectFlagTest, IsError) {
  EXPECT_TRUE(Expect("is_error=true").is_error);
  EXPECT_FALSE(Expect("is_error=false").is_error);
}

TEST(ExpectFlagTest, Contains) { EXPECT_EQ(Expect("contains=a=b").text_contains.at(0), "a=b"); }

TEST(ExpectFlagTest, Matches) {
  EXPECT_EQ(Expect("matches=^a|b$").text_matches.at(0)->pattern(), "^a|b$");
}

TEST(ExpectFlagTest, EqualsTakesJsonAndElseAString) {
  EXPECT_EQ(Expect("/a/b=3").checks.at(0).equals, "3");
  EXPECT_EQ(Expect("/a/b=true").checks.at(0).equals, "true");
  EXPECT_EQ(Expect("/a/b=null").checks.at(0).equals, "null");
  EXPECT_EQ(Expect("/a/b=\"3\"").checks.at(0).equals, "\"3\"");
  EXPECT_EQ(Expect("/a/b=green \"x\"").checks.at(0).equals, "\"green \\\"x\\\"\"");
  EXPECT_EQ(Expect("/a/b=").checks.at(0).equals, "\"\"");
  EXPECT_EQ(Expect("/a/b=[1]").checks.at(0).equals, "\"[1]\"");
}

TEST(ExpectFlagTest, ThePointerEndsAtTheFirstOperator) {
  const auto check = Expect("/a=b>=3").checks.at(0);
  EXPECT_EQ(check.pointer, "/a");
  EXPECT_EQ(check.equals, "\"b>=3\"");
}

TEST(ExpectFlagTest, Bounds) {
  EXPECT_EQ(Expect("/count>=1.5").checks.at(0).min, 1.5);
  EXPECT_EQ(Expect("/count<=-1").checks.at(0).max, -1);
}

TEST(ExpectFlagTest, TypeAndLength) {
  EXPECT_EQ(Expect("/a type=array").checks.at(0).type, mcp::JsonType::kArray);
  EXPECT_EQ(Expect("/a length=3").checks.at(0).length, 3u);
}

class BadExpectTest : public testing::TestWithParam<const char*> {};

TEST_P(BadExpectTest, IsRefusedAndSaysWhatIsAllowed) {
  probe::Expectation expectation;
  const auto wrong = AddExpectation(GetParam(), expectation);
  ASSERT_TRUE(wrong);
  EXPECT_THAT(wrong->why, HasSubstr("allowed: "));
}

INSTANTIATE_TEST_SUITE_P(Expect, BadExpectTest,
                         testing::Values("", "is_error", "is_error=yes", "contains=", "matches=",
                                         "matches=(", "a/b=3", "/a", "/a type=list", "/a length=-1",
                                         "/a length=x", "/a>=x", "/a<=", "/~2=1", "status=200"));

}  // namespace
}  // namespace mcp_vitals::app
