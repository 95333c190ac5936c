#include <string>

#include "tests/mcp/read_envelopes.h"

namespace mcp_vitals::mcp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Envelope::Kind;

TEST(EnvelopeTest, ReadsARequest) {
  const Envelope message = Only(
      R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"add","arguments":{}}})");
  EXPECT_EQ(message.kind, Kind::kRequest);
  EXPECT_NE(message.id, 0u);
  EXPECT_EQ(message.method, "tools/call");
  EXPECT_EQ(message.name, "add");
}

TEST(EnvelopeTest, TellsTheKindsApart) {
  const std::pair<std::string_view, Kind> table[] = {
      {R"({"id":1,"method":"ping"})", Kind::kRequest},
      {R"({"method":"ping"})", Kind::kNotification},
      {R"({"id":null,"method":"ping"})", Kind::kNotification},
      {R"({"id":1,"result":{}})", Kind::kResult},
      {R"({"id":1,"result":[]})", Kind::kResult},
      {R"({"id":1,"result":null})", Kind::kResult},
      {R"({"id":1,"result":"done"})", Kind::kResult},
      {R"({"id":1,"error":{"code":-32601,"message":"no"}})", Kind::kError},
      {R"({"id":null,"error":{"code":-32700}})", Kind::kError},
      {R"({"error":{"code":-32700}})", Kind::kError},
      {R"({"id":1,"result":{},"error":{"code":1}})", Kind::kError},
      {R"({"id":1,"method":"ping","result":{}})", Kind::kRequest},
      {R"({})", Kind::kOther},
      {R"({"id":1})", Kind::kOther},
      {R"({"jsonrpc":"2.0"})", Kind::kOther},
      {R"({"id":1,"error":"text"})", Kind::kOther},
      {R"({"id":1,"error":[1]})", Kind::kOther},
      {R"({"id":1,"method":""})", Kind::kOther},
  };
  for (const auto& [document, kind] : table) EXPECT_EQ(Only(document).kind, kind) << document;
}

TEST(EnvelopeTest, TheOrderOfMembersDoesNotMatter) {
  const Envelope message =
      Only(R"({"params":{"name":"add"},"method":"tools/call","id":1,"jsonrpc":"2.0"})");
  EXPECT_EQ(message.kind, Kind::kRequest);
  EXPECT_EQ(message.name, "add");
  EXPECT_EQ(Only(R"({"result":{"isError":true},"id":1})").kind, Kind::kResult);
}

TEST(EnvelopeTest, ReadsAnErrorsCode) {
  EXPECT_EQ(Only(R"({"id":1,"error":{"code":-32602,"message":"x"}})").error_code, -32602);
  EXPECT_EQ(Only(R"({"id":1,"error":{"data":{"code":5},"code":-1}})").error_code, -1);
  for (std::string_view code : {"1.5", "1e3", "\"-32602\"", "null", "{}", "99999999999999999999"}) {
    EXPECT_EQ(Only(R"({"id":1,"error":{"code":)" + std::string(code) + "}}").error_code, 0) << code;
  }
}

TEST(EnvelopeTest, ReadsAnErrorsMessage) {
  EXPECT_EQ(Only(R"({"error":{"code":-1,"message":"no such \u0073ession"}})").error_message,
            "no such session");
  EXPECT_EQ(Only(R"({"error":{"data":{"message":"x"},"code":-1}})").error_message, "");
  EXPECT_EQ(Only(R"({"result":{"message":"x"},"message":"y"})").error_message, "");
  for (std::string_view message : {"1", "null", "{}", "[\"session\"]"}) {
    EXPECT_EQ(Only(R"({"error":{"message":)" + std::string(message) + "}}").error_message, "");
  }
}

TEST(EnvelopeTest, ALongMessageOfAnErrorIsNotHeld) {
  const auto of_size = [](std::size_t size) {
    return Only(R"({"error":{"message":")" + std::string(size, 'x') + "\"}}").error_message.size();
  };
  EXPECT_EQ(of_size(1024), 1024u);
  EXPECT_EQ(of_size(1025), 0u);
}

TEST(EnvelopeTest, AnErrorsMessageIsForgottenWithIt) {
  const auto visited = Visited(R"([{"error":{"message":"session"}},{"error":{"code":1}}])");
  ASSERT_EQ(visited.size(), 2u);
  EXPECT_EQ(visited[1].error_message, "");
}

TEST(EnvelopeTest, ReadsIsErrorOfAResultAlone) {
  EXPECT_TRUE(Only(R"({"id":1,"result":{"content":[],"isError":true}})").is_error);
  EXPECT_FALSE(Only(R"({"id":1,"result":{"content":[],"isError":false}})").is_error);
  EXPECT_FALSE(Only(R"({"id":1,"result":{"content":[{"isError":true}]}})").is_error);
  EXPECT_FALSE(Only(R"({"id":1,"isError":true,"result":{}})").is_error);
  EXPECT_FALSE(Only(R"({"id":1,"method":"x","params":{"isError":true}})").is_error);
  for (std::string_view value : {"\"true\"", "1", "null", "[true]", "{}"}) {
    EXPECT_FALSE(Only(R"({"id":1,"result":{"isError":)" + std::string(value) + "}}").is_error);
  }
}

TEST(EnvelopeTest, ReadsTheNamesOfTools) {
  EXPECT_THAT(Only(R"({"id":1,"result":{"tools":[{"name":"a","inputSchema":{"name":"no"}},)"
                   R"({"description":"no name"},{"name":"b"}]}})")
                  .tools,
              ElementsAre("a", "b"));
  EXPECT_THAT(Only(R"({"id":1,"result":{"tools":[]}})").tools, IsEmpty());
}

TEST(EnvelopeTest, ToolsElsewhereAreNone) {
  EXPECT_THAT(Only(R"({"id":1,"tools":[{"name":"a"}]})").tools, IsEmpty());
  EXPECT_THAT(Only(R"({"id":1,"method":"m","params":{"tools":[{"name":"a"}]}})").tools, IsEmpty());
  EXPECT_THAT(Only(R"({"id":1,"result":{"x":{"tools":[{"name":"a"}]}}})").tools, IsEmpty());
  EXPECT_THAT(Only(R"({"id":1,"result":{"tools":{"name":"a"}}})").tools, IsEmpty());
  EXPECT_THAT(Only(R"({"id":1,"result":{"tools":["a",1,null,[{"name":"b"}]]}})").tools, IsEmpty());
}

TEST(EnvelopeTest, AToolsNameIsAShortText) {
  const std::string long_name(1025, 'x');
  EXPECT_THAT(Only(R"({"id":1,"result":{"tools":[{"name":1},{"name":null},{"name":")" + long_name +
                   R"("},{"name":"a"}]}})")
                  .tools,
              ElementsAre("a"));
}

TEST(EnvelopeTest, AListHasAtMostTenThousandTools) {
  std::string document = R"({"id":1,"result":{"tools":[{"name":"first"})";
  for (int i = 0; i < 10'100; ++i) document += R"(,{"name":"x"})";
  EXPECT_EQ(Only(document + "]}}").tools.size(), 10'000u);
}

TEST(EnvelopeTest, ReadsWhichRequestIsCancelled) {
  const Envelope cancel =
      Only(R"({"method":"notifications/cancelled","params":{"requestId":7,"reason":"late"}})");
  EXPECT_EQ(cancel.cancelled_id, Only(R"({"id":7,"method":"x"})").id);
  EXPECT_NE(cancel.cancelled_id, Only(R"({"id":"7","method":"x"})").id);
  EXPECT_FALSE(Only(R"({"method":"notifications/cancelled","params":{}})").cancelled_id);
  EXPECT_FALSE(Only(R"({"method":"m","requestId":7})").cancelled_id);
}

TEST(EnvelopeTest, ReadsTraceparentInMeta) {
  EXPECT_EQ(
      Only(R"({"id":1,"method":"m","params":{"_meta":{"traceparent":"00-a-b-01"}}})").traceparent,
      "00-a-b-01");
  EXPECT_EQ(Only(R"({"id":1,"method":"m","params":{"traceparent":"x"}})").traceparent, "");
  EXPECT_EQ(Only(R"({"id":1,"method":"m","_meta":{"traceparent":"x"}})").traceparent, "");
  EXPECT_EQ(Only(R"({"id":1,"method":"m","params":{"_meta":{"traceparent":1}}})").traceparent, "");
}

TEST(EnvelopeTest, ReadsTheProtocolVersionOfEitherSide) {
  EXPECT_EQ(Only(R"({"id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})")
                .protocol_version,
            "2025-06-18");
  EXPECT_EQ(Only(R"({"id":1,"result":{"protocolVersion":"2024-11-05"}})").protocol_version,
            "2024-11-05");
  EXPECT_EQ(Only(R"({"id":1,"protocolVersion":"x","result":{}})").protocol_version, "");
}

TEST(EnvelopeTest, ValuesOfAnotherTypeCountAsAbsent) {
  for (std::string_view value : {"1", "true", "null", "[]", "{}", R"(["a"])", R"({"name":"a"})"}) {
    const std::string text(value);
    EXPECT_EQ(Only(R"({"id":1,"method":)" + text + "}").method, "") << value;
    EXPECT_EQ(Only(R"({"id":1,"method":"m","params":{"name":)" + text + "}}").name, "") << value;
  }
  for (std::string_view params :
       {"1", "null", "\"name\"", R"(["name","a"])", R"([{"name":"a"}])"}) {
    EXPECT_EQ(Only(R"({"id":1,"method":"m","params":)" + std::string(params) + "}").name, "")
        << params;
  }
}

TEST(EnvelopeTest, OfDuplicatesTheLastCounts) {
  EXPECT_EQ(Only(R"({"id":1,"method":"a","method":"b"})").method, "b");
  EXPECT_EQ(Only(R"({"id":1,"id":2,"method":"a"})").id, Only(R"({"id":2,"method":"a"})").id);
  EXPECT_FALSE(Only(R"({"id":1,"result":{"isError":true,"isError":false}})").is_error);
}

TEST(EnvelopeTest, TextsBeyondAKibibyteCountAsAbsent) {
  const std::string fits(1024, 'x');
  EXPECT_EQ(Only(R"({"id":1,"method":")" + fits + "\"}").method, fits);
  EXPECT_EQ(Only(R"({"id":1,"method":")" + fits + "x\"}").kind, Kind::kOther);
  EXPECT_EQ(Only(R"({"id":1,"method":"m","params":{"name":")" + fits + "x\"}}").name, "");
}

TEST(EnvelopeTest, AMegabyteOfArgumentsChangesNothing) {
  const std::string big(1 << 20, 'x');
  const Envelope message = Only(R"({"id":1,"method":"tools/call","params":{"arguments":{"name":")" +
                                big + R"("},"name":"add"}})");
  EXPECT_EQ(message.name, "add");
}

TEST(EnvelopeTest, EscapesAreResolved) {
  EXPECT_EQ(Only(R"({"id":1,"m\u0065thod":"tools\/call"})").method, "tools/call");
}

}  // namespace
}  // namespace mcp_vitals::mcp
