#include <set>

#include "tests/mcp/parse.h"

namespace mcp_vitals::mcp {
namespace {

Digest DigestOf(std::string_view definition) { return ParseTool(definition).digest; }

constexpr std::string_view kTool =
    R"({"name":"add","title":"Add","description":"Sum\u006d","inputSchema":{"type":"object",)"
    R"("properties":{"a":{"type":"number","minimum":1},"b":{"type":"number","enum":[1,2]}},)"
    R"("required":["a","b"]},"annotations":{"readOnlyHint":true,"x":null}})";

TEST(DigestTest, IgnoresTheOrderOfKeys) {
  EXPECT_EQ(DigestOf(kTool),
            DigestOf(R"({"annotations":{"x":null,"readOnlyHint":true},"inputSchema":{"required":)"
                     R"(["a","b"],"properties":{"b":{"enum":[1,2],"type":"number"},"a":)"
                     R"({"minimum":1,"type":"number"}},"type":"object"},"description":"Summ",)"
                     R"("title":"Add","name":"add"})"));
}

TEST(DigestTest, IgnoresWhiteSpaceAndEscapes) {
  EXPECT_EQ(DigestOf(kTool),
            DigestOf("{ \"name\" : \"\\u0061dd\",\n\t\"title\":\"Add\",\"description\":\"Summ\", "
                     "\"inputSchema\": {\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
                     "\"number\",\"minimum\": 1},\"b\":{\"type\":\"number\",\"enum\":[ 1 , 2 ]}},"
                     "\"required\":[\"a\",\"b\"]},\r\n\"annotations\":{\"readOnlyHint\":true,"
                     "\"x\":null}}"));
}

TEST(DigestTest, IgnoresMetaOfTheToolAlone) {
  EXPECT_EQ(DigestOf(R"({"name":"a"})"), DigestOf(R"({"name":"a","_meta":{"v":[1,{"x":2}]}})"));
  EXPECT_EQ(DigestOf(R"({"name":"a"})"), DigestOf(R"({"_meta":7,"name":"a"})"));
  EXPECT_NE(DigestOf(R"({"name":"a","inputSchema":{"properties":{"_meta":{"type":"string"}}}})"),
            DigestOf(R"({"name":"a","inputSchema":{"properties":{"_meta":{"type":"number"}}}})"));
}

TEST(DigestTest, SeesEveryChange) {
  std::set<Digest> seen;
  const std::string_view definitions[] = {
      kTool,
      R"({"name":"a"})",
      R"({"name":"b"})",
      R"({"name":"a","x":1})",
      R"({"name":"a","x":"1"})",
      R"({"name":"a","x":1.0})",
      R"({"name":"a","x":true})",
      R"({"name":"a","x":"true"})",
      R"({"name":"a","x":false})",
      R"({"name":"a","x":null})",
      R"({"name":"a","x":"null"})",
      R"({"name":"a","x":""})",
      R"({"name":"a","x":[]})",
      R"({"name":"a","x":{}})",
      R"({"name":"a","x":[[]]})",
      R"({"name":"a","x":[{}]})",
      R"({"name":"a","x":[1]})",
      R"({"name":"a","x":["1"]})",
      R"({"name":"a","x":[1,2]})",
      R"({"name":"a","x":[2,1]})",
      R"({"name":"a","x":[1,[2]]})",
      R"({"name":"a","x":[[1],2]})",
      R"({"name":"a","x":[[1,2]]})",
      R"({"name":"a","x":[[1],[2]]})",
      R"({"name":"a","x":[null]})",
      R"({"name":"a","x":[null,null]})",
      R"({"name":"a","x":{"p":1,"q":2}})",
      R"({"name":"a","x":{"p":2,"q":1}})",
      R"({"name":"a","x":{"p":1},"q":2})",
      R"({"name":"a","x":{"q":2},"p":1})",
      R"({"name":"a","y":{"p":1,"q":2}})",
      R"({"name":"a","x":{"pq":12}})",
      R"({"name":"a","x":[{"p":1},{"q":2}]})",
      R"({"name":"a","x":[{"q":2},{"p":1}]})",
      R"({"name":"a","x":{"p":{"q":{}}}})",
      R"({"name":"a","x":{"p":{},"q":{}}})",
  };
  for (std::string_view definition : definitions) {
    EXPECT_TRUE(seen.insert(DigestOf(definition)).second) << definition;
  }
}

TEST(DigestTest, SeesAChangeOfAnyCharacter) {
  const Digest digest = DigestOf(kTool);
  std::string changed(kTool);
  int changes = 0;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    if (!std::isalnum(static_cast<unsigned char>(kTool[i]))) continue;
    changed[i] = kTool[i] == '7' ? '8' : '7';
    const auto messages = ParseMessages(ResultJson("\"tools\":[" + changed + "]"));
    changed[i] = kTool[i];
    if (!messages) continue;  // no JSON any more, or no name
    ++changes;
    EXPECT_NE(messages->front().tools->front().digest, digest) << i;
  }
  EXPECT_GT(changes, 100);
}

TEST(DigestTest, LongTextCountsToItsEnd) {
  const std::string text(100'000, 'x');
  EXPECT_NE(DigestOf(R"({"name":"a","description":")" + text + R"(y"})"),
            DigestOf(R"({"name":"a","description":")" + text + R"(z"})"));
}

TEST(DigestTest, IsTheSameForTheSecondToolOfAListAsForTheFirst) {
  const Message message = ParseOne(ResultJson("\"tools\":[" + std::string(kTool) + "," +
                                              std::string(kTool) + ",{\"name\":\"z\"}]"));
  EXPECT_EQ((*message.tools)[0].digest, (*message.tools)[1].digest);
  EXPECT_EQ((*message.tools)[0].digest, DigestOf(kTool));
  EXPECT_EQ((*message.tools)[2].digest, DigestOf(R"({"name":"z"})"));
}

TEST(DigestTest, AManifestsDigestIgnoresTheOrderOfTools) {
  const Tool a = ParseTool(R"({"name":"a"})");
  const Tool b = ParseTool(R"({"name":"b"})");
  EXPECT_EQ(ManifestDigest({a, b}), ManifestDigest({b, a}));
  EXPECT_NE(ManifestDigest({a, b}), ManifestDigest({a}));
  EXPECT_NE(ManifestDigest({a}), ManifestDigest({b}));
  EXPECT_NE(ManifestDigest({a, a}), ManifestDigest({a}));
  EXPECT_NE(ManifestDigest({}), ManifestDigest({a}));
}

TEST(DigestTest, IsWrittenAs32HexadecimalDigits) {
  EXPECT_EQ(ToHex({0x0123456789abcdef, 0xfedcba9876543210}), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(ToHex({0, 1}), "00000000000000000000000000000001");
}

}  // namespace
}  // namespace mcp_vitals::mcp
