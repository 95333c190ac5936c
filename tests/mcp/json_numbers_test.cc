#include "mcp/json_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mcp_vitals::mcp {
namespace {

using testing::ElementsAre;
using testing::Optional;

std::vector<std::optional<double>> Find(std::string_view document,
                                        std::vector<std::string> pointers) {
  const auto numbers = FindJsonNumbers(document, pointers);
  EXPECT_TRUE(numbers) << document;
  return numbers ? *numbers : std::vector<std::optional<double>>();
}

TEST(JsonNumbersTest, FindsNumbersInOneReading) {
  EXPECT_THAT(
      Find(R"({"a":1,"b":{"c":[2.5,{"d":-3e2}]},"e":4})", {"/b/c/1/d", "/a", "/b/c/0", "/e", "/a"}),
      ElementsAre(Optional(-300.0), Optional(1.0), Optional(2.5), Optional(4.0), Optional(1.0)));
}

TEST(JsonNumbersTest, WhatIsNoNumberIsNotThere) {
  EXPECT_THAT(Find(R"({"a":"1","b":null,"c":[1],"d":{"e":1},"f":true})",
                   {"/a", "/b", "/c", "/d", "/f", "/g", "", "/c/1", "/c/00", "/ae"}),
              testing::Each(std::nullopt));
  EXPECT_THAT(Find("5", {"", "/a"}), testing::Each(std::nullopt));
}

TEST(JsonNumbersTest, KeysMayHoldAnything) {
  EXPECT_THAT(
      Find(R"({"a/b":1,"c~d":2,"":3,"0":4,"a":{"b":5}})", {"/a~1b", "/c~0d", "/", "/0", "/a/b"}),
      ElementsAre(Optional(1.0), Optional(2.0), Optional(3.0), Optional(4.0), Optional(5.0)));
}

TEST(JsonNumbersTest, OfMembersWithTheSameKeyTheLastCounts) {
  EXPECT_THAT(Find(R"({"a":1,"a":2})", {"/a"}), ElementsAre(Optional(2.0)));
  EXPECT_THAT(Find(R"({"a":1,"a":null})", {"/a"}), ElementsAre(std::nullopt));
  EXPECT_THAT(Find(R"({"a":1,"a":[]})", {"/a"}), ElementsAre(std::nullopt));
  EXPECT_THAT(Find(R"({"a":{"b":1},"a":{"c":1}})", {"/a/b"}), ElementsAre(std::nullopt));
  EXPECT_THAT(Find(R"({"a":{"b":1},"a":0})", {"/a/b"}), ElementsAre(std::nullopt));
}

TEST(JsonNumbersTest, SiblingsOfAContainerAreFoundBehindIt) {
  EXPECT_THAT(Find(R"([[[1],2],{"a":{}},3])", {"/0/1", "/2"}),
              ElementsAre(Optional(2.0), Optional(3.0)));
  EXPECT_THAT(Find(R"({"x":{"y":[1,2,3]},"a":7})", {"/a"}), ElementsAre(Optional(7.0)));
}

TEST(JsonNumbersTest, WhatIsNoJsonIsAnError) {
  const std::vector<std::string> pointers = {"/a"};
  for (const char* document : {"", "{", R"({"a":1}x)", "<html>"}) {
    EXPECT_FALSE(FindJsonNumbers(document, pointers)) << document;
  }
}

}  // namespace
}  // namespace mcp_vitals::mcp
