#include <string>

#include "tests/mcp/read_envelopes.h"

// Ids, batches, and documents that are no messages.
namespace mcp_vitals::mcp {
namespace {

using testing::IsEmpty;
using Kind = Envelope::Kind;

RpcId IdOf(std::string_view id) {
  return Only(R"({"method":"m","id":)" + std::string(id) + "}").id;
}

TEST(EnvelopeTest, TellsANumberFromAString) {
  EXPECT_NE(IdOf("1"), IdOf("\"1\""));
  EXPECT_NE(IdOf("1"), IdOf("2"));
  EXPECT_EQ(IdOf("\"1\""), IdOf("\"\\u0031\""));
}

TEST(EnvelopeTest, AnIdIsTheSameInRequestAndAnswer) {
  for (std::string_view id : {"0", "-1", "1.5", "\"\"", "\"a b\"", "18446744073709551616"}) {
    EXPECT_EQ(Only(R"({"result":{},"id":)" + std::string(id) + "}").id, IdOf(id)) << id;
  }
}

TEST(EnvelopeTest, EveryNumberAndTextIsAnId) {
  for (std::string_view id :
       {"0", "-0", "\"\"", "1e10", "0.25", "123456789012345678901234567890"}) {
    EXPECT_NE(IdOf(id), 0u) << id;
  }
  EXPECT_NE(IdOf('"' + std::string(100'000, 'x') + '"'),
            IdOf('"' + std::string(99'999, 'x') + '"'));
}

TEST(EnvelopeTest, NothingElseIsAnId) {
  for (std::string_view id : {"null", "true", "false", "[]", "[1]", "{}", R"({"id":1})"}) {
    EXPECT_EQ(IdOf(id), 0u) << id;
  }
}

TEST(EnvelopeTest, AnIdInsideIsNotTheMessages) {
  EXPECT_EQ(Only(R"({"method":"m","params":{"id":1,"_meta":{"id":2}}})").kind, Kind::kNotification);
}

TEST(EnvelopeTest, VisitsABatchInOrder) {
  const auto batch = Visited(
      R"([{"id":1,"method":"a"},{"method":"b"},{"id":1,"result":{}},{"id":2,"error":{"code":3}}])");
  ASSERT_EQ(batch.size(), 4u);
  EXPECT_EQ(batch[0].method, "a");
  EXPECT_EQ(batch[1].kind, Kind::kNotification);
  EXPECT_EQ(batch[2].kind, Kind::kResult);
  EXPECT_EQ(batch[3].error_code, 3);
}

TEST(EnvelopeTest, MessagesOfABatchDoNotMix) {
  const auto batch = Visited(
      R"([{"id":1,"method":"tools/call","params":{"name":"a","requestId":1,"protocolVersion":"v",)"
      R"("_meta":{"traceparent":"t"}}},{"id":2,"error":{"code":3}},)"
      R"({"id":3,"result":{"isError":true,"tools":[{"name":"x"}]}},{}])");
  ASSERT_EQ(batch.size(), 4u);
  const Envelope& last = batch[3];
  EXPECT_EQ(last.kind, Kind::kOther);
  EXPECT_EQ(last.id, 0u);
  EXPECT_EQ(last.method + last.name + last.traceparent + last.protocol_version, "");
  EXPECT_FALSE(last.cancelled_id);
  EXPECT_EQ(last.error_code, 0);
  EXPECT_FALSE(last.is_error);
  EXPECT_THAT(last.tools, IsEmpty());
}

TEST(EnvelopeTest, OnlyObjectsAreMessages) {
  for (std::string_view none : {"5", "\"x\"", "null", "true", "[]", "[1,\"x\",null]", "[[]]",
                                R"([[{"id":1,"method":"m"}]])"}) {
    EXPECT_THAT(Visited(none), IsEmpty()) << none;
  }
  EXPECT_EQ(Visited(R"([1,{"id":1,"method":"m"},null])").size(), 1u);
}

TEST(EnvelopeTest, WhatIsNoJsonIsAnError) {
  for (std::string_view bad : {"",
                               " ",
                               "{",
                               "}",
                               "[",
                               "{\"id\":1",
                               "{\"id\":1}}",
                               "{\"id\":1}{}",
                               "{'id':1}",
                               "{id:1}",
                               "[{},]",
                               "{\"id\":01}",
                               "{\"id\":+1}",
                               "{\"id\":0x1}",
                               "{\"id\":1e999}",
                               "{\"id\":NaN}",
                               "\xEF\xBB\xBF{}",
                               "{\"a\":\"\xff\"}",
                               "{\"a\":\"\xed\xa0\x80\"}",
                               "{\"a\":\"\\ud800\"}",
                               "{\"a\":\"\n\"}",
                               "data: {}",
                               "<html>"}) {
    EXPECT_EQ(EnvelopeError(bad), Error::kMalformedJson) << bad;
  }
  EXPECT_EQ(EnvelopeError(std::string_view("{}\0", 3)), Error::kMalformedJson);
}

TEST(EnvelopeTest, MessagesBeforeAnErrorAreVisited) {
  EXPECT_EQ(Visited(R"([{"id":1,"method":"a"},{"id":2,"method":"b"},{"id":)").size(), 2u);
  EXPECT_EQ(Visited(R"({"id":1,"method":"a"} trailing)").size(), 1u);
}

TEST(EnvelopeTest, DeepNestingIsAnErrorAndNoOverflow) {
  const std::string depth(126, '[');
  const std::string back(126, ']');
  EXPECT_EQ(Only(R"({"id":1,"method":"m","params":)" + depth + back + "}").method, "m");
  EXPECT_EQ(EnvelopeError(R"({"id":1,"method":"m","params":)" + std::string(128, '[')),
            Error::kTooDeep);
  EXPECT_EQ(EnvelopeError(std::string(2'000'000, '[')), Error::kTooDeep);
}

TEST(EnvelopeTest, WhiteSpaceAroundADocumentIsNothing) {
  EXPECT_EQ(Only(" \r\n\t{\"id\":1,\"method\":\"m\"}\r\n ").method, "m");
}

TEST(EnvelopeTest, AReaderMayBeUsedAgainAfterAnError) {
  EnvelopeReader reader;
  std::string methods;
  const auto visit = [&](const Envelope& message) { methods += message.method + ";"; };
  EXPECT_FALSE(reader.Read(R"({"id":1,"method":"lost","params":{"name":"x")", visit));
  EXPECT_TRUE(reader.Read(R"({"id":1,"method":"m"})", visit));
  EXPECT_EQ(methods, "m;");
}

}  // namespace
}  // namespace mcp_vitals::mcp
