#include "mcp/headers.h"
#include "tests/mcp/parse.h"

// 2026-07-28, "Custom Headers from Tool Parameters".
namespace mcp_vitals::mcp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Tool WithSchema(std::string_view schema) {
  return ParseTool(R"({"name":"t","inputSchema":)" + std::string(schema) + "}");
}

Tool WithProperties(std::string_view properties) {
  return WithSchema(R"({"type":"object","properties":{)" + std::string(properties) + "}}");
}

TEST(ToolHeadersTest, FindsAnnotatedParameters) {
  const Tool tool = WithProperties(
      R"("region":{"type":"string","x-mcp-header":"Region"},"query":{"type":"string"},)"
      R"("limit":{"x-mcp-header":"Limit","description":"x","type":"integer"},)"
      R"("dry":{"type":"boolean","x-mcp-header":"Dry-Run"})");
  EXPECT_TRUE(tool.headers_valid);
  EXPECT_THAT(tool.header_params, ElementsAre(Pair("/region", "Region"), Pair("/limit", "Limit"),
                                              Pair("/dry", "Dry-Run")));
}

TEST(ToolHeadersTest, FollowsAChainOfProperties) {
  const Tool tool = WithProperties(
      R"("filter":{"type":"object","properties":{"a/b~":{"type":"string","x-mcp-header":"In"}},)"
      R"("required":["a/b~"]},"after":{"type":"string","x-mcp-header":"After"})");
  EXPECT_TRUE(tool.headers_valid);
  EXPECT_THAT(tool.header_params,
              ElementsAre(Pair("/filter/a~1b~0", "In"), Pair("/after", "After")));
}

TEST(ToolHeadersTest, AToolWithoutAnnotationsIsValid) {
  EXPECT_TRUE(ParseTool(R"({"name":"t"})").headers_valid);
  EXPECT_TRUE(WithSchema("{}").headers_valid);
  EXPECT_TRUE(WithSchema("true").headers_valid);
  EXPECT_TRUE(WithSchema("[]").headers_valid);
  EXPECT_TRUE(WithProperties(R"("a":true,"b":[],"c":{"type":["string","null"]})").headers_valid);
}

TEST(ToolHeadersTest, RefusesANameThatIsNoToken) {
  for (std::string_view name : {R"("")", R"("My Region")", R"("Region:Primary")", R"("Région")",
                                R"("Region\t1")", R"("a\r\nb")", R"x("a(b)")x", "1", "null", "true",
                                R"(["Region"])", R"({"name":"Region"})"}) {
    const Tool tool =
        WithProperties(R"("a":{"type":"string","x-mcp-header":)" + std::string(name) + "}");
    EXPECT_FALSE(tool.headers_valid) << name;
    EXPECT_THAT(tool.header_params, IsEmpty()) << name;
  }
}

TEST(ToolHeadersTest, RefusesParametersThatAreNotPrimitive) {
  for (std::string_view type :
       {R"("type":"object",)", R"("type":"array",)", R"("type":"null",)", R"("type":["string"],)",
        R"("type":"number",)", R"("type":"any",)", ""}) {
    EXPECT_FALSE(
        WithProperties("\"a\":{" + std::string(type) + R"("x-mcp-header":"A"})").headers_valid)
        << type;
  }
}

TEST(ToolHeadersTest, RefusesTwoNamesThatDifferOnlyInCase) {
  const Tool tool = WithProperties(
      R"("a":{"type":"string","x-mcp-header":"MyField"},"b":{"type":"object","properties":)"
      R"({"c":{"type":"string","x-mcp-header":"myfield"}}})");
  EXPECT_FALSE(tool.headers_valid);
  EXPECT_THAT(tool.header_params, IsEmpty());
}

TEST(ToolHeadersTest, RefusesAnnotationsThatNoChainOfPropertiesLeadsTo) {
  constexpr std::string_view kAnnotated = R"({"type":"string","x-mcp-header":"A"})";
  const std::string annotated(kAnnotated);
  EXPECT_FALSE(WithSchema(R"({"type":"string","x-mcp-header":"A"})").headers_valid);
  for (const std::string& schema :
       {R"({"items":)" + annotated + "}", R"({"anyOf":[)" + annotated + "]}",
        R"({"allOf":[{"properties":{"a":)" + annotated + "}}]}",
        R"({"if":{},"then":)" + annotated + "}", R"({"$defs":{"d":)" + annotated + "}}",
        R"({"definitions":{"d":)" + annotated + "}}",
        R"({"patternProperties":{"^a":)" + annotated + "}}",
        R"({"additionalProperties":)" + annotated + "}",
        R"({"properties":{"l":{"type":"array","items":)" + annotated + "}}}",
        R"({"properties":{"l":{"prefixItems":[)" + annotated + "]}}}"}) {
    EXPECT_FALSE(WithSchema(schema).headers_valid) << schema;
  }
}

TEST(ToolHeadersTest, WhatOnlyLooksLikeAnAnnotationIsNone) {
  for (std::string_view schema :
       {R"({"properties":{"x-mcp-header":{"type":"string"}}})",
        R"({"$defs":{"x-mcp-header":{"type":"string"}}})",
        R"({"items":{"properties":{"x-mcp-header":{"type":"string"}}}})",
        R"({"properties":{"a":{"default":{"x-mcp-header":"A"},"enum":[{"x-mcp-header":1}]}}})",
        R"({"examples":[{"x-mcp-header":"A"}],"const":{"x-mcp-header":""}})"}) {
    const Tool tool = WithSchema(schema);
    EXPECT_TRUE(tool.headers_valid) << schema;
    EXPECT_THAT(tool.header_params, IsEmpty()) << schema;
  }
  EXPECT_TRUE(ParseTool(R"({"name":"t","outputSchema":{"properties":{"a":{"x-mcp-header":""}}},)"
                        R"("annotations":{"x-mcp-header":""},"x-mcp-header":1})")
                  .headers_valid);
}

TEST(ToolHeadersTest, OneBadToolSpoilsNoOther) {
  const Message message = ParseOne(ResultJson(
      R"("tools":[{"name":"good","inputSchema":{"properties":{"a":{"type":"string",)"
      R"("x-mcp-header":"A"}}}},{"name":"bad","inputSchema":{"properties":{"a":{"type":"null",)"
      R"("x-mcp-header":"A"}}}},{"name":"plain"},{"name":"good too","inputSchema":{"properties":)"
      R"({"a":{"type":"string","x-mcp-header":"A"}}}}])"));
  ASSERT_EQ(message.tools->size(), 4U);
  EXPECT_TRUE((*message.tools)[0].headers_valid);
  EXPECT_FALSE((*message.tools)[1].headers_valid);
  EXPECT_TRUE((*message.tools)[2].headers_valid);
  EXPECT_TRUE((*message.tools)[3].headers_valid);
  EXPECT_THAT((*message.tools)[3].header_params, ElementsAre(Pair("/a", "A")));
}

TEST(ToolHeadersTest, OfTwoInputSchemasTheLastCounts) {
  const Tool tool =
      ParseTool(R"({"inputSchema":{"properties":{"a":{"x-mcp-header":""}}},"name":"t",)"
                R"("inputSchema":{"properties":{"b":{"type":"string","x-mcp-header":"B"}}}})");
  EXPECT_TRUE(tool.headers_valid);
  EXPECT_THAT(tool.header_params, ElementsAre(Pair("/b", "B")));
}

TEST(ToolHeadersTest, BoundsWhatItKeeps) {
  std::string properties;
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(i);
    if (i > 0) properties += ',';
    properties += "\"p" + n + R"(":{"type":"string","x-mcp-header":"H)" + n + "\"}";
  }
  EXPECT_FALSE(WithProperties(properties).headers_valid);
  EXPECT_FALSE(
      WithProperties("\"" + std::string(5000, 'p') + R"(":{"type":"string","x-mcp-header":"H"})")
          .headers_valid);
}

const Tool kTool{
    "t", {}, {{"/region", "Region"}, {"/n", "N"}, {"/b", "B"}, {"/f/x", "X"}, {"/z", "Z"}}, true};

TEST(ParamHeadersTest, TakesTheValuesFromTheArguments) {
  EXPECT_THAT(
      ParamHeaders(kTool, R"({"n":-42,"region":"us-west1","b":true,"f":{"x":1.50},"other":"o"})"),
      ElementsAre(Pair("Mcp-Param-Region", "us-west1"), Pair("Mcp-Param-N", "-42"),
                  Pair("Mcp-Param-B", "true"), Pair("Mcp-Param-X", "1.50")));
}

TEST(ParamHeadersTest, LeavesOutWhatIsAbsentOrNoPrimitive) {
  EXPECT_THAT(ParamHeaders(kTool, "{}"), IsEmpty());
  EXPECT_THAT(ParamHeaders(kTool, R"({"region":null,"n":[],"b":{},"f":"x","z":[1]})"), IsEmpty());
  EXPECT_THAT(ParamHeaders(kTool, "not json"), IsEmpty());
  EXPECT_THAT(ParamHeaders(Tool{}, R"({"a":1})"), IsEmpty());
}

TEST(ParamHeadersTest, EncodesWhatAHeaderCannotCarry) {
  EXPECT_THAT(
      ParamHeaders(kTool, R"({"region":"Hello, 世界","z":"a\r\nEvil: 1","n":""})"),
      ElementsAre(Pair("Mcp-Param-Region", "=?base64?SGVsbG8sIOS4lueVjA==?="),
                  Pair("Mcp-Param-N", ""), Pair("Mcp-Param-Z", "=?base64?YQ0KRXZpbDogMQ==?=")));
}

}  // namespace
}  // namespace mcp_vitals::mcp
