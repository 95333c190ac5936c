#include "tests/mcp/parse.h"
#include "tests/mcp/samples.h"

// What is refused, what is forgiven, and what is kept.
namespace mcp_vitals::mcp {
namespace {

using testing::Each;
using testing::SizeIs;

TEST(MessageShapeTest, RefusesWhatIsNoJsonRpcMessage) {
  for (std::string_view json : {"1",
                                "null",
                                "true",
                                R"("text")",
                                "{}",
                                "[]",
                                "[1]",
                                "[null]",
                                "[[]]",
                                "[{}]",
                                R"({"jsonrpc":"2.0"})",
                                R"({"jsonrpc":"2.0","id":1})",
                                R"({"id":1,"result":{}})",
                                R"({"jsonrpc":"1.0","id":1,"result":{}})",
                                R"({"jsonrpc":2.0,"id":1,"result":{}})",
                                R"({"jsonrpc":null,"id":1,"result":{}})",
                                R"({"jsonrpc":["2.0"],"id":1,"result":{}})",
                                R"({"jsonrpc":"2.0","result":{}})",
                                R"({"jsonrpc":"2.0","id":null,"result":{}})",
                                R"({"jsonrpc":"2.0","id":true,"result":{}})",
                                R"({"jsonrpc":"2.0","id":{},"result":{}})",
                                R"({"jsonrpc":"2.0","id":[1],"result":{}})",
                                R"({"jsonrpc":"2.0","id":1,"result":null})",
                                R"({"jsonrpc":"2.0","id":1,"error":null})",
                                R"({"jsonrpc":"2.0","id":1,"method":7})",
                                R"({"jsonrpc":"2.0","id":1,"method":["a"]})",
                                R"({"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1}})",
                                R"({"jsonrpc":"2.0","id":1,"method":"ping","result":{}})",
                                R"({"jsonrpc":"2.0","id":1,"method":"ping","error":{"code":1}})",
                                R"([{"jsonrpc":"2.0","method":"a"},{"method":"b"}])"}) {
    EXPECT_EQ(ErrorOf(json), Error::kNotJsonRpc) << json;
  }
}

TEST(MessageShapeTest, RefusesAKnownFieldOfAnotherType) {
  for (std::string_view members : {R"("protocolVersion":20251125)",
                                   R"("protocolVersion":["2025-11-25"])",
                                   R"("serverInfo":"name")",
                                   R"("serverInfo":[])",
                                   R"("serverInfo":{"name":1})",
                                   R"("serverInfo":{"name":"a","version":2.0})",
                                   R"("serverInfo":{"version":{}})",
                                   R"("_meta":[])",
                                   R"("_meta":{"io.modelcontextprotocol/serverInfo":"a"})",
                                   R"("supportedVersions":"2026-07-28")",
                                   R"("supportedVersions":[2026])",
                                   R"("supportedVersions":[null])",
                                   R"("supportedVersions":[["2026-07-28"]])",
                                   R"("resultType":true)",
                                   R"("tools":"echo")",
                                   R"("tools":{})",
                                   R"("tools":[1])",
                                   R"("tools":[null])",
                                   R"("tools":[[]])",
                                   R"("tools":[{}])",
                                   R"("tools":[{"name":1}])",
                                   R"("tools":[{"name":null}])",
                                   R"("tools":[{"name":{}}])",
                                   R"("tools":[{"title":"a"}])",
                                   R"("nextCursor":7)",
                                   R"("nextCursor":{})",
                                   R"("isError":"false")",
                                   R"("isError":0)",
                                   R"("content":"text")",
                                   R"("content":{"type":"text"})",
                                   R"("content":["text"])",
                                   R"("content":[null])",
                                   R"("content":[{"text":"no type"}])",
                                   R"("content":[{"type":1}])",
                                   R"("content":[{"type":"text","text":1}])"}) {
    EXPECT_EQ(ErrorOf(ResultJson(members)), Error::kWrongShape) << members;
  }
  EXPECT_EQ(ErrorOf(R"({"jsonrpc":"2.0","id":1,"result":"ok"})"), Error::kWrongShape);
  EXPECT_EQ(ErrorOf(R"({"jsonrpc":"2.0","id":1,"result":[]})"), Error::kWrongShape);
}

TEST(MessageShapeTest, RefusesAnErrorOfAnotherShape) {
  for (std::string_view error :
       {R"("text")", "[]", "{}", R"({"message":"no code"})", R"({"code":"-32600"})",
        R"({"code":1.5})", R"({"code":1e3})", R"({"code":9223372036854775808})", R"({"code":null})",
        R"({"code":1,"message":7})", R"({"code":1,"message":[]})"}) {
    EXPECT_EQ(ErrorOf(R"({"jsonrpc":"2.0","id":1,"error":)" + std::string(error) + "}"),
              Error::kWrongShape)
        << error;
  }
}

TEST(MessageShapeTest, TakesNullForAbsent) {
  const Message message =
      ParseOne(R"({"jsonrpc":"2.0","id":1,"error":null,"method":null,"result":{"tools":null,)"
               R"("content":null,"isError":null,"_meta":null,"serverInfo":null,"nextCursor":null,)"
               R"("protocolVersion":null,"supportedVersions":null,"resultType":null}})");
  EXPECT_EQ(message.kind, Message::Kind::kResult);
  EXPECT_FALSE(message.tools || message.is_error || message.server || message.next_cursor ||
               message.protocol_version || message.supported_versions || message.has_content);
}

TEST(MessageShapeTest, AnErrorsDataIsFree) {
  for (std::string_view data :
       {"1", "null", R"("text")", "[1]", R"({"supported":"2025-11-25"})", R"({"supported":{}})",
        R"({"supported":[1,null,{"a":["b"]},["c"]]})", R"({"a":{"supported":["x"]}})"}) {
    const Message message = ParseOne(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32022,"data":)" +
                                     std::string(data) + "}}");
    EXPECT_EQ(message.error.code, -32022) << data;
    EXPECT_THAT(message.error.supported, testing::IsEmpty()) << data;
  }
}

TEST(MessageShapeTest, LooksAtFieldsInTheirPlaceAlone) {
  const Message message = ParseOne(
      R"({"tools":1,"content":2,"jsonrpc":"2.0","id":1,"params":{"id":9,"method":1},"result":{)"
      R"("structuredContent":{"tools":3,"isError":"x","result":{"tools":4}},"x":[{"tools":5}],)"
      R"("capabilities":{"tools":{"listChanged":true},"content":1},"id":7,"jsonrpc":"3.0"}})");
  EXPECT_EQ(message.id_json, "1");
  EXPECT_FALSE(message.tools || message.has_content || message.is_error);
}

TEST(MessageShapeTest, OfTheSameKeyTheLastCounts) {
  const Message message =
      ParseOne(R"({"jsonrpc":"1","id":1,"id":"b","jsonrpc":"2.0","result":{"tools":[{"name":"a"}],)"
               R"("protocolVersion":"x","tools":[{"name":"b","name":"c"}]}})");
  EXPECT_EQ(message.id_json, R"("b")");
  ASSERT_TRUE(message.tools);
  ASSERT_EQ(message.tools->size(), 1U);
  EXPECT_EQ(message.tools->front().name, "c");
}

TEST(MessageShapeTest, ASecondResultReplacesTheFirstAsAWhole) {
  const Message message =
      ParseOne(R"({"jsonrpc":"2.0","id":1,"result":{"tools":[],"isError":true,"nextCursor":"a"},)"
               R"("result":{"content":[]}})");
  EXPECT_TRUE(message.has_content);
  EXPECT_FALSE(message.tools || message.is_error || message.next_cursor);
  EXPECT_EQ(message.id_json, "1");
}

TEST(MessageShapeTest, ASecondErrorOrListReplacesTheFirst) {
  const Message error = ParseOne(
      R"({"jsonrpc":"2.0","error":{"code":1,"message":"a"},"error":{"code":2,"data":{"supported":)"
      R"(["a"],"supported":["b"]}}})");
  EXPECT_EQ(error.error.code, 2);
  EXPECT_EQ(error.error.message, "");
  EXPECT_THAT(error.error.supported, testing::ElementsAre("b"));
  EXPECT_EQ(ErrorOf(R"({"jsonrpc":"2.0","error":{"code":1},"error":{"message":"a"}})"),
            Error::kWrongShape);

  const Message content =
      ParseOne(ResultJson(R"("content":[{"type":"a"},{"type":"b"}],"content":[{"type":"c"}])"));
  ASSERT_EQ(content.content.size(), 1U);
  EXPECT_EQ(content.content[0].type, "c");
}

TEST(MessageShapeTest, WhatIsMissingIsNotTakenFromTheOneBefore) {
  EXPECT_EQ(ErrorOf(ResultJson(R"("tools":[{"name":"a"},{"title":"b"}])")), Error::kWrongShape);
  EXPECT_EQ(ErrorOf(ResultJson(R"("content":[{"type":"text"},{"text":"b"}])")), Error::kWrongShape);
}

TEST(MessageShapeTest, CutsAnErrorsMessageBetweenCharacters) {
  const std::string text = std::string(511, 'a') + "é" + std::string(100, 'b');
  const Message message =
      ParseOne(R"({"jsonrpc":"2.0","error":{"code":1,"message":")" + text + R"("}})");
  EXPECT_EQ(message.error.message, std::string(511, 'a'));
}

TEST(MessageShapeTest, KeepsTheFirst64KiBOfAllTexts) {
  const std::string half(40'000, 'x');
  const std::string item = R"({"type":"text","text":")" + half + R"(","text":")" + half + R"("})";
  const Message message = ParseOne(ResultJson(R"("content":[{"type":"image","text":")" + half +
                                              R"("},)" + item + "," + item + "," + item + "]"));
  ASSERT_EQ(message.content.size(), 4U);
  EXPECT_EQ(message.content[1].text.size(), 40'000U);
  EXPECT_EQ(message.content[2].text.size(), 65'536U - 40'000U);
  EXPECT_EQ(message.content[3].text.size(), 0U);
}

TEST(MessageShapeTest, RefusesNamesOver1KiB) {
  const std::string longest(1024, 'n');
  EXPECT_EQ(ParseTool(R"({"name":")" + longest + R"("})").name, longest);
  for (std::string_view field :
       {R"("tools":[{"name":")", R"("protocolVersion":")", R"("serverInfo":{"name":")",
        R"("resultType":")", R"("content":[{"type":")", R"("supportedVersions":[")"}) {
    std::string members(field);
    members += longest + R"(n")";
    if (members.find('{') != std::string::npos) members += "}";
    if (members.find('[') != std::string::npos) members += "]";
    EXPECT_EQ(ErrorOf(ResultJson(members)), Error::kTooLarge) << field;
  }
  EXPECT_EQ(ErrorOf(R"({"jsonrpc":"2.0","method":"n)" + longest + R"("})"), Error::kTooLarge);
  EXPECT_EQ(ErrorOf(R"({"jsonrpc":"2.0","method":"a","id":"n)" + longest + R"("})"),
            Error::kTooLarge);
  EXPECT_EQ(ErrorOf(R"({"jsonrpc":"2.0","method":"a","id":0.)" + std::string(1024, '1') + "}"),
            Error::kTooLarge);
}

TEST(MessageShapeTest, RefusesACursorOver64KiB) {
  const std::string longest(65'536, 'c');
  EXPECT_EQ(ParseOne(ResultJson(R"("nextCursor":")" + longest + "\"")).next_cursor, longest);
  EXPECT_EQ(ErrorOf(ResultJson(R"("nextCursor":"c)" + longest + "\"")), Error::kTooLarge);
}

std::string Repeat(std::string_view item, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    if (i > 0) out += ',';
    out += item;
  }
  return out;
}

TEST(MessageShapeTest, RefusesMoreThan10000Tools) {
  const auto list = [](std::size_t n) {
    return ResultJson(R"("tools":[)" + Repeat(R"({"name":"a"})", n) + "]");
  };
  EXPECT_THAT(*ParseOne(list(10'000)).tools, SizeIs(10'000));
  EXPECT_EQ(ErrorOf(list(10'001)), Error::kTooLarge);
  const std::string page =
      R"({"jsonrpc":"2.0","id":1,"result":{"tools":[)" + Repeat(R"({"name":"a"})", 6'000) + "]}}";
  EXPECT_EQ(ErrorOf("[" + page + "," + page + "]"), Error::kTooLarge);
}

TEST(MessageShapeTest, RefusesABatchOfMoreThan1024) {
  const auto batch = [](std::size_t n) {
    return "[" + Repeat(R"({"jsonrpc":"2.0","method":"a"})", n) + "]";
  };
  const Result<std::vector<Message>> largest = ParseMessages(batch(1024));
  ASSERT_TRUE(largest);
  EXPECT_THAT(*largest, SizeIs(1024));
  EXPECT_EQ(ErrorOf(batch(1025)), Error::kTooLarge);
}

TEST(MessageShapeTest, KeepsTheFirst1000ContentItemsAnd64Versions) {
  const Message content =
      ParseOne(ResultJson(R"("content":[)" + Repeat(R"({"type":"text","text":"a"})", 1'500) + "]"));
  EXPECT_THAT(content.content, SizeIs(1'000));
  const Message versions =
      ParseOne(ResultJson(R"("supportedVersions":[)" + Repeat(R"("v")", 100) + "]"));
  EXPECT_THAT(*versions.supported_versions, testing::AllOf(SizeIs(64), Each("v")));
}

}  // namespace
}  // namespace mcp_vitals::mcp
