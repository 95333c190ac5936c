#include "probe/expectation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <string>

namespace mcp_vitals::probe {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

constexpr std::string_view kAnswer = R"({"jsonrpc":"2.0","id":7,"result":{
  "content":[{"type":"text","text":"22 degrees"},{"type":"image","data":"AAAA"},
             {"type":"text","text":"light rain"}],
  "structuredContent":{"count":3,"ratio":0.5,"big":1e3,"name":"Öl","open":true,"none":null,
                       "list":[1,2,3,4],"place":{"a/b":1}}}})";

std::optional<std::string> Check(const Expectation& expectation, std::string_view json = kAnswer) {
  const auto messages = mcp::ParseMessages(json);
  EXPECT_TRUE(messages) << messages.error().message();
  return Unmet(expectation, messages->front(), json);
}

Expectation At(std::string_view pointer, void (*set)(PointerCheck&)) {
  PointerCheck check;
  check.pointer = pointer;
  set(check);
  return {.checks = {check}};
}

std::string Error(std::string_view text) {
  return R"({"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":")" +
         std::string(text) + R"("}]}})";
}

TEST(ExpectationTest, AnyResultWithoutErrorMeetsTheDefault) {
  EXPECT_EQ(Check({}), std::nullopt);
  EXPECT_EQ(Check({}, R"({"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":false}})"),
            std::nullopt);
}

TEST(ExpectationTest, ErrorOfTheToolIsQuoted) {
  EXPECT_THAT(Check({}, Error("disk full")),
              Optional(AllOf(HasSubstr("reported an error"), HasSubstr("disk full"))));
}

TEST(ExpectationTest, ErrorMayBeWhatIsExpected) {
  EXPECT_EQ(Check({.is_error = true}, Error("no such city")), std::nullopt);
  EXPECT_THAT(Check({.is_error = true}), Optional(HasSubstr("no error")));
}

TEST(ExpectationTest, TextMayBeInAnyTextContent) {
  EXPECT_EQ(Check({.text_contains = {"rain", "22"}}), std::nullopt);
  EXPECT_THAT(Check({.text_contains = {"rain", "snow"}}), Optional(HasSubstr("\"snow\"")));
}

TEST(ExpectationTest, TextIsNotLookedForAcrossContents) {
  EXPECT_NE(Check({.text_contains = {"degreeslight"}}), std::nullopt);
}

TEST(ExpectationTest, PatternMatchesPartOfAText) {
  const auto degrees = std::make_shared<const re2::RE2>("\\d+ degrees");
  const auto snow = std::make_shared<const re2::RE2>("^snow");
  EXPECT_EQ(Check({.text_matches = {degrees}}), std::nullopt);
  EXPECT_THAT(Check({.text_matches = {degrees, snow}}), Optional(HasSubstr("^snow")));
}

TEST(ExpectationTest, EqualsComparesNumbersByValue) {
  EXPECT_EQ(Check(At("/structuredContent/count", [](auto& c) { c.equals = "3.0"; })), std::nullopt);
  EXPECT_EQ(Check(At("/structuredContent/big", [](auto& c) { c.equals = "1000"; })), std::nullopt);
  EXPECT_THAT(Check(At("/structuredContent/count", [](auto& c) { c.equals = "4"; })),
              Optional(AllOf(HasSubstr("/structuredContent/count"), HasSubstr("is 3"),
                             HasSubstr("not equal to 4"))));
}

// A double takes 2^53 and 2^53 + 1 for the same.
TEST(ExpectationTest, EqualsComparesWholeNumbersExactly) {
  const std::string answer =
      R"({"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"n":9007199254740993}}})";
  const char* pointer = "/structuredContent/n";
  EXPECT_FALSE(Check(At(pointer, [](auto& c) { c.equals = "9007199254740993"; }), answer));
  EXPECT_TRUE(Check(At(pointer, [](auto& c) { c.equals = "9007199254740992"; }), answer));
}

TEST(ExpectationTest, EqualsComparesStringsByContentWhateverTheirEscapes) {
  EXPECT_EQ(Check(At("/structuredContent/name", [](auto& c) { c.equals = R"("\u00d6l")"; })),
            std::nullopt);
  EXPECT_NE(Check(At("/structuredContent/name", [](auto& c) { c.equals = R"("Oel")"; })),
            std::nullopt);
}

TEST(ExpectationTest, EqualsTellsTypesApart) {
  EXPECT_NE(Check(At("/structuredContent/count", [](auto& c) { c.equals = R"("3")"; })),
            std::nullopt);
  EXPECT_EQ(Check(At("/structuredContent/open", [](auto& c) { c.equals = "true"; })), std::nullopt);
  EXPECT_EQ(Check(At("/structuredContent/none", [](auto& c) { c.equals = "null"; })), std::nullopt);
}

TEST(ExpectationTest, BoundsAreInclusive) {
  const auto within = [](PointerCheck& c) { c.min = c.max = 0.5; };
  EXPECT_EQ(Check(At("/structuredContent/ratio", within)), std::nullopt);
  EXPECT_THAT(Check(At("/structuredContent/ratio", [](auto& c) { c.min = 0.6; })),
              Optional(HasSubstr("below the minimum of 0.6")));
  EXPECT_THAT(Check(At("/structuredContent/ratio", [](auto& c) { c.max = 0.4; })),
              Optional(HasSubstr("above the maximum of 0.4")));
}

TEST(ExpectationTest, BoundsHoldForNumbersAlone) {
  EXPECT_THAT(Check(At("/structuredContent/name", [](auto& c) { c.min = 0; })),
              Optional(HasSubstr("not a number")));
}

TEST(ExpectationTest, TypeIsCompared) {
  EXPECT_EQ(Check(At("/structuredContent/list", [](auto& c) { c.type = mcp::JsonType::kArray; })),
            std::nullopt);
  EXPECT_THAT(
      Check(At("/structuredContent/list", [](auto& c) { c.type = mcp::JsonType::kObject; })),
      Optional(AllOf(HasSubstr("an array of 4"), HasSubstr("not of type object"))));
}

TEST(ExpectationTest, LengthCountsElementsMembersAndBytes) {
  EXPECT_EQ(Check(At("/structuredContent/list", [](auto& c) { c.length = 4; })), std::nullopt);
  EXPECT_EQ(Check(At("/structuredContent", [](auto& c) { c.length = 8; })), std::nullopt);
  EXPECT_EQ(Check(At("/structuredContent/name", [](auto& c) { c.length = 3; })), std::nullopt);
  EXPECT_THAT(Check(At("/structuredContent/list", [](auto& c) { c.length = 5; })),
              Optional(HasSubstr("not of length 5 but 4")));
  EXPECT_NE(Check(At("/structuredContent/count", [](auto& c) { c.length = 0; })), std::nullopt);
}

TEST(ExpectationTest, PointerLeadsThroughArraysAndEscapes) {
  EXPECT_EQ(Check(At("/content/2/text", [](auto& c) { c.equals = R"("light rain")"; })),
            std::nullopt);
  EXPECT_EQ(Check(At("/structuredContent/place/a~1b", [](auto& c) { c.equals = "1"; })),
            std::nullopt);
}

TEST(ExpectationTest, MissingValueIsNamed) {
  EXPECT_THAT(Check(At("/structuredContent/nothing", [](auto&) {})),
              Optional(AllOf(HasSubstr("/structuredContent/nothing"), HasSubstr("missing"))));
}

TEST(ExpectationTest, ForeignTextIsMadeSafeAndShort) {
  const auto unmet = Check({}, Error(R"(\u001b[31mred\n)" + std::string(10'000, 'x')));
  ASSERT_TRUE(unmet);
  EXPECT_THAT(*unmet, Not(HasSubstr("\x1b")));
  EXPECT_THAT(*unmet, Not(HasSubstr("\n")));
  EXPECT_LT(unmet->size(), 200u);
}

}  // namespace
}  // namespace mcp_vitals::probe
