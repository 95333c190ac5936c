#include "mcp/json_pointer.h"

#include <gtest/gtest.h>

namespace mcp_vitals::mcp {
namespace {

// The value as "type scalar length", "nothing", or the error.
std::string At(std::string_view document, std::string_view pointer) {
  const Result<std::optional<JsonValue>> found = FindJson(document, pointer);
  if (!found) return found.error().message();
  if (!*found) return "nothing";
  const JsonValue& value = **found;
  return std::string(ToString(value.type)) + " " + value.scalar + " " +
         std::to_string(value.length);
}

// The example of RFC 6901, section 5.
constexpr std::string_view kRfc = R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,)"
                                  R"("i\\j":5,"k\"l":6," ":7,"m~n":8})";

TEST(JsonPointerTest, FindsWhatTheRfcFinds) {
  EXPECT_EQ(At(kRfc, ""), "object  10");
  EXPECT_EQ(At(kRfc, "/foo"), "array  2");
  EXPECT_EQ(At(kRfc, "/foo/0"), "string bar 3");
  EXPECT_EQ(At(kRfc, "/foo/1"), "string baz 3");
  EXPECT_EQ(At(kRfc, "/"), "number 0 0");
  EXPECT_EQ(At(kRfc, "/a~1b"), "number 1 0");
  EXPECT_EQ(At(kRfc, "/c%d"), "number 2 0");
  EXPECT_EQ(At(kRfc, "/i\\j"), "number 5 0");
  EXPECT_EQ(At(kRfc, "/k\"l"), "number 6 0");
  EXPECT_EQ(At(kRfc, "/ "), "number 7 0");
  EXPECT_EQ(At(kRfc, "/m~0n"), "number 8 0");
}

TEST(JsonPointerTest, FindsNothingWhereNothingIs) {
  for (std::string_view pointer :
       {"/x", "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/1 ", "/foo/",
        "/foo/18446744073709551616", "/foo/0/0", "/a", "//", "/foo/bar", "/m~01n"}) {
    EXPECT_EQ(At(kRfc, pointer), "nothing") << pointer;
  }
}

TEST(JsonPointerTest, TellsEveryType) {
  constexpr std::string_view kJson =
      R"({"s":"é\n","n":-1.50e3,"t":true,"f":false,"z":null,"a":[],"o":{},"m":[[1],[2,3]]})";
  EXPECT_EQ(At(kJson, "/s"), "string é\n 3");
  EXPECT_EQ(At(kJson, "/n"), "number -1.50e3 0");
  EXPECT_EQ(At(kJson, "/t"), "boolean true 0");
  EXPECT_EQ(At(kJson, "/f"), "boolean false 0");
  EXPECT_EQ(At(kJson, "/z"), "null null 0");
  EXPECT_EQ(At(kJson, "/a"), "array  0");
  EXPECT_EQ(At(kJson, "/o"), "object  0");
  EXPECT_EQ(At(kJson, "/m"), "array  2");
  EXPECT_EQ(At(kJson, "/m/1"), "array  2");
  EXPECT_EQ(At(kJson, "/m/1/0"), "number 2 0");
}

TEST(JsonPointerTest, ReadsAScalarDocument) {
  EXPECT_EQ(At("7", ""), "number 7 0");
  EXPECT_EQ(At("\"a\"", ""), "string a 1");
  EXPECT_EQ(At("7", "/0"), "nothing");
  EXPECT_EQ(At("[7]", "/0"), "number 7 0");
}

TEST(JsonPointerTest, IndexesAreKeysInAnObject) {
  EXPECT_EQ(At(R"({"0":"a","01":"b"})", "/0"), "string a 1");
  EXPECT_EQ(At(R"({"0":"a","01":"b"})", "/01"), "string b 1");
}

TEST(JsonPointerTest, LooksOnlyAlongItsPath) {
  constexpr std::string_view kJson = R"({"x":{"b":1},"a":[{"b":2},{"c":{"b":3},"b":4}],"b":5})";
  EXPECT_EQ(At(kJson, "/a/1/b"), "number 4 0");
  EXPECT_EQ(At(kJson, "/a/0/b"), "number 2 0");
  EXPECT_EQ(At(kJson, "/b"), "number 5 0");
  EXPECT_EQ(At(kJson, "/a/b"), "nothing");
}

TEST(JsonPointerTest, OfTheSameKeyTheLastCounts) {
  EXPECT_EQ(At(R"({"a":1,"a":"x"})", "/a"), "string x 1");
  EXPECT_EQ(At(R"({"a":{"b":1},"a":{"c":2}})", "/a/b"), "nothing");
  EXPECT_EQ(At(R"({"a":{"b":1},"a":7})", "/a/b"), "nothing");
  EXPECT_EQ(At(R"({"a":{"b":1},"a":{"b":[1]}})", "/a/b"), "array  1");
}

TEST(JsonPointerTest, ABadDocumentIsAnErrorEvenBehindTheValue) {
  EXPECT_EQ(At(R"({"a":1,)", "/a"), "not valid JSON");
  EXPECT_EQ(At(R"({"a":1} x)", "/a"), "not valid JSON");
  EXPECT_EQ(At(std::string(200, '['), "/0"), "JSON nested too deep");
}

TEST(JsonPointerTest, KeepsTheFirst64KiBOfAScalarAndItsWholeLength) {
  const std::string json = "\"" + std::string(65'535, 'a') + "€\"";
  const Result<std::optional<JsonValue>> found = FindJson(json, "");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->scalar, std::string(65'535, 'a'));
  EXPECT_EQ((*found)->length, 65'538U);
}

TEST(JsonPointerTest, APointerMayBeDeeperThanAnyDocument) {
  std::string pointer;
  for (int i = 0; i < 1000; ++i) pointer += "/0";
  EXPECT_EQ(At("[[[[0]]]]", pointer), "nothing");
  const std::string deepest = std::string(128, '[') + "5" + std::string(128, ']');
  EXPECT_EQ(At(deepest, pointer.substr(0, 256)), "number 5 0");
}

TEST(JsonPointerTest, KnowsAPointer) {
  for (std::string_view good : {"", "/", "//", "/a/0", "/~0~1", "/é"}) {
    EXPECT_TRUE(IsJsonPointer(good)) << good;
  }
  for (std::string_view bad : {"a", "a/b", " /a", "/~", "/~2", "/a~", "/~/0", "#/a"}) {
    EXPECT_FALSE(IsJsonPointer(bad)) << bad;
    EXPECT_EQ(FindJson("{}", bad).error(), Error::kWrongShape) << bad;
  }
}

TEST(JsonPointerTest, EscapesATokenSoThatItIsFoundAgain) {
  std::string pointer;
  AppendPointerToken(pointer, "a/b~c");
  AppendPointerToken(pointer, "");
  AppendPointerToken(pointer, "~1");
  EXPECT_EQ(pointer, "/a~1b~0c//~01");
  EXPECT_EQ(At(R"({"a/b~c":{"":{"~1":9}}})", pointer), "number 9 0");
}

TEST(JsonTypeTest, NamesAreReadAsTheyAreWritten) {
  for (JsonType type : {JsonType::kNull, JsonType::kBoolean, JsonType::kNumber, JsonType::kString,
                        JsonType::kArray, JsonType::kObject}) {
    EXPECT_EQ(ParseJsonType(ToString(type)), type);
  }
  EXPECT_EQ(ParseJsonType("integer"), std::nullopt);
  EXPECT_EQ(ParseJsonType(""), std::nullopt);
}

}  // namespace
}  // namespace mcp_vitals::mcp
