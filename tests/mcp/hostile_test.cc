#include <sys/resource.h>

#include <string>

#include "mcp/json_pointer.h"
#include "tests/mcp/parse.h"
#include "tests/mcp/samples.h"

// What no server should send, and some do.
namespace mcp_vitals::mcp {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

// The most memory that this process has ever had resident.
std::size_t PeakBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

std::string Repeated(std::string_view item, std::size_t bytes) {
  std::string out;
  out.reserve(bytes + item.size());
  while (out.size() < bytes) out += item;
  return out;
}

TEST(HostileJsonTest, EveryPrefixOfAMessageIsAnError) {
  for (std::string_view sample : samples::kAll) {
    for (std::size_t length = 0; length < sample.size(); ++length) {
      EXPECT_EQ(ErrorOf(sample.substr(0, length)), Error::kMalformedJson) << length << sample;
    }
    EXPECT_TRUE(ParseMessages(sample)) << sample;
  }
}

TEST(HostileJsonTest, AChangeOfAnyByteIsNoCrash) {
  for (std::string_view sample : samples::kAll) {
    std::string json(sample);
    for (std::size_t i = 0; i < json.size(); ++i) {
      for (char c : {'\0', '"', '{', ']', '\\', '\xff', '9'}) {
        json[i] = c;
        const auto messages = ParseMessages(json);
        EXPECT_TRUE(!messages || !messages->empty());
      }
      json[i] = sample[i];
    }
  }
}

TEST(HostileJsonTest, TwoMegabytesOfOpenBracketsAreAnError) {
  const std::string json(2 * kMiB, '[');
  EXPECT_EQ(ErrorOf(json), Error::kNotJsonRpc);
  EXPECT_EQ(ErrorOf(R"({"jsonrpc":"2.0","id":1,"result":{"x":)" + json), Error::kTooDeep);
  EXPECT_EQ(ErrorOf(R"({"jsonrpc":"2.0","id":1,"result":{"tools":[{"x":)" + json), Error::kTooDeep);
  EXPECT_EQ(ParseManifest(json).error(), Error::kWrongShape);
  EXPECT_EQ(FindJson(json, "/0").error(), Error::kTooDeep);
}

TEST(HostileJsonTest, DepthIsBoundedInsideAMessageToo) {
  // The message, its result and the tool's own containers are open around the brackets.
  const auto result = [](std::size_t depth) {
    return ResultJson(R"("x":)" + std::string(depth, '[') + std::string(depth, ']'));
  };
  EXPECT_EQ(ParseOne(result(126)).kind, Message::Kind::kResult);
  EXPECT_EQ(ErrorOf(result(127)), Error::kTooDeep);

  const auto tool = [](std::size_t depth) {
    return ResultJson(R"("tools":[{"name":"a","inputSchema":)" + std::string(depth, '[') +
                      std::string(depth, ']') + "}]");
  };
  EXPECT_EQ(ParseOne(tool(124)).tools->size(), 1U);
  EXPECT_EQ(ErrorOf(tool(125)), Error::kTooDeep);
}

TEST(HostileJsonTest, MegabytesOfZerosTakeNoMemory) {
  std::string zeros = "[" + Repeated("0,", 8 * kMiB);
  zeros.back() = ']';
  const std::string inside = R"({"jsonrpc":"2.0","id":1,"result":{"x":)" + zeros + "}}";
  const std::size_t before = PeakBytes();
  EXPECT_EQ(ErrorOf(zeros), Error::kNotJsonRpc);
  EXPECT_EQ(ParseOne(inside).kind, Message::Kind::kResult);
  const Result<std::optional<JsonValue>> found = FindJson(zeros, "");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->length, 4 * kMiB);
  EXPECT_LT(PeakBytes() - before, 8 * kMiB);
}

TEST(HostileJsonTest, ManySmallPartsTakeLittleMemory) {
  const std::string content =
      ResultJson(R"("content":[)" + Repeated(R"({"type":""},)", 8 * kMiB) + R"({"type":""}])");
  const std::string versions =
      ResultJson(R"("supportedVersions":[)" + Repeated(R"("",)", 8 * kMiB) + R"(""])");
  // A long path shared by many short annotations.
  const std::string headers = ResultJson(
      R"("tools":[{"name":"a","inputSchema":{"properties":{")" + std::string(kMiB, 'p') +
      R"(":{"properties":{)" + Repeated(R"("a":{"type":"string","x-mcp-header":"a"},)", 7 * kMiB) +
      R"("b":1}}}}}])");
  const std::size_t before = PeakBytes();
  EXPECT_EQ(ParseOne(content).content.size(), 1000U);
  EXPECT_EQ(ParseOne(versions).supported_versions->size(), 64U);
  EXPECT_FALSE(ParseOne(headers).tools->front().headers_valid);
  EXPECT_LT(PeakBytes() - before, 8 * kMiB);
}

TEST(HostileJsonTest, AStringOfEightMebibytesIsRead) {
  const std::string text(8 * kMiB, 'x');
  const Message message =
      ParseOne(ResultJson(R"("content":[{"type":"text","text":")" + text + R"("}])"));
  EXPECT_EQ(message.content[0].text.size(), 65'536U);
  EXPECT_EQ(ErrorOf(ResultJson(R"("serverInfo":{"name":")" + text + R"("})")), Error::kTooLarge);
}

TEST(HostileJsonTest, InvalidTextIsAnErrorWhereverItStands) {
  for (std::string_view bad : {"\xff", "\xed\xa0\x80", R"(\ud800)", R"(\udfff)", "\x01"}) {
    const std::string text(bad);
    EXPECT_EQ(ErrorOf(ResultJson(R"("x":")" + text + "\"")), Error::kMalformedJson);
    EXPECT_EQ(ErrorOf(ResultJson("\"" + text + "\":1")), Error::kMalformedJson);
    EXPECT_EQ(ErrorOf(ResultJson(R"("tools":[{"name":")" + text + R"("}])")),
              Error::kMalformedJson);
  }
}

TEST(HostileJsonTest, WhatIsNoJsonAtAllIsAnError) {
  for (std::string_view text : {"", "<html>", "HTTP/1.1 200 OK", "event: message\ndata: {}\n\n",
                                "Internal Server Error", "\x1f\x8b\x08", "{\"jsonrpc\""}) {
    EXPECT_EQ(ErrorOf(text), Error::kMalformedJson) << text;
  }
}

}  // namespace
}  // namespace mcp_vitals::mcp
