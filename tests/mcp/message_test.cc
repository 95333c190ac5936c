#include "mcp/message.h"

#include "tests/mcp/parse.h"
#include "tests/mcp/samples.h"

namespace mcp_vitals::mcp {
namespace {

using testing::ElementsAre;
using Kind = Message::Kind;

TEST(MessageTest, ReadsInitializeOfEveryLegacyRevision) {
  struct Case {
    std::string_view json, version, name, server_version;
  };
  for (const Case& c :
       {Case{samples::kInitialize20241105, "2024-11-05", "ExampleServer", "1.0.0"},
        Case{samples::kInitialize20250326, "2025-03-26", "python", "1.30.0"},
        Case{samples::kInitialize20250618, "2025-06-18", "titled", "2"},
        Case{samples::kInitialize20251125, "2025-11-25", "mcp-servers/everything", "2.0.0"}}) {
    const Message message = ParseOne(c.json);
    EXPECT_EQ(message.kind, Kind::kResult);
    EXPECT_EQ(message.id_json, "1");
    EXPECT_EQ(message.protocol_version, c.version);
    ASSERT_TRUE(message.server);
    EXPECT_EQ(message.server->name, c.name);
    EXPECT_EQ(message.server->version, c.server_version);
    EXPECT_FALSE(message.tools || message.supported_versions || message.has_content);
  }
}

TEST(MessageTest, ReadsDiscoverWithTheServerInMeta) {
  const Message message = ParseOne(samples::kDiscover20260728);
  EXPECT_EQ(message.kind, Kind::kResult);
  ASSERT_TRUE(message.supported_versions);
  EXPECT_THAT(*message.supported_versions, ElementsAre("2026-07-28"));
  EXPECT_EQ(message.result_type, "complete");
  ASSERT_TRUE(message.server);
  EXPECT_EQ(message.server->name, "modern");
  EXPECT_EQ(message.server->version, "2.4.0");
  EXPECT_FALSE(message.protocol_version);
}

TEST(MessageTest, ReadsDiscoverWithTheServerInTheResult) {
  const Message message = ParseOne(
      ResultJson(R"("supportedVersions":[],"serverInfo":{"name":"direct","version":"3"})"));
  ASSERT_TRUE(message.server);
  EXPECT_EQ(message.server->name, "direct");
  ASSERT_TRUE(message.supported_versions);
  EXPECT_TRUE(message.supported_versions->empty());
}

TEST(MessageTest, ReadsAPageOfTools) {
  const Message message = ParseOne(samples::kToolsList);
  ASSERT_TRUE(message.tools);
  ASSERT_EQ(message.tools->size(), 2U);
  EXPECT_EQ((*message.tools)[0].name, "echo");
  EXPECT_EQ((*message.tools)[1].name, "add");
  EXPECT_NE((*message.tools)[0].digest, (*message.tools)[1].digest);
  EXPECT_EQ(message.next_cursor, "b2Zmc2V0PTI=");
}

TEST(MessageTest, TellsAnEmptyCursorFromNone) {
  EXPECT_EQ(ParseOne(ResultJson(R"("tools":[],"nextCursor":"")")).next_cursor, "");
  EXPECT_EQ(ParseOne(ResultJson(R"("tools":[])")).next_cursor, std::nullopt);
  EXPECT_EQ(ParseOne(ResultJson(R"("tools":[],"nextCursor":null)")).next_cursor, std::nullopt);
}

TEST(MessageTest, TellsAnEmptyListOfToolsFromNone) {
  const Message none = ParseOne(ResultJson(""));
  EXPECT_FALSE(none.tools);
  const Message empty = ParseOne(ResultJson(R"("tools":[])"));
  ASSERT_TRUE(empty.tools);
  EXPECT_TRUE(empty.tools->empty());
}

TEST(MessageTest, ReadsTheResultOfACall) {
  const Message message = ParseOne(samples::kToolsCall);
  EXPECT_TRUE(message.has_content);
  EXPECT_EQ(message.is_error, false);
  ASSERT_EQ(message.content.size(), 3U);
  EXPECT_EQ(message.content[0].type, "text");
  EXPECT_EQ(message.content[0].text, "ok");
  EXPECT_EQ(message.content[1].type, "image");
  EXPECT_EQ(message.content[1].text, "");
  EXPECT_EQ(message.content[2].text, "zwei ✓");
}

TEST(MessageTest, ReadsTheErrorOfATool) {
  const Message message = ParseOne(samples::kToolError);
  EXPECT_EQ(message.kind, Kind::kResult);
  EXPECT_EQ(message.is_error, true);
}

TEST(MessageTest, KeepsTheTextOfTextContentAlone) {
  const Message message = ParseOne(ResultJson(
      R"("content":[{"text":"late","type":"text"},{"text":"other","type":"resource_link"},)"
      R"({"type":"resource","resource":{"type":"text","text":"inside"}}])"));
  ASSERT_EQ(message.content.size(), 3U);
  EXPECT_EQ(message.content[0].text, "late");
  EXPECT_EQ(message.content[1].text, "");
  EXPECT_EQ(message.content[2].text, "");
}

TEST(MessageTest, ReadsTheVersionsThatAnErrorNames) {
  const Message message = ParseOne(samples::kUnsupportedVersion);
  EXPECT_EQ(message.kind, Kind::kError);
  EXPECT_EQ(message.error.code, code::kUnsupportedProtocolVersion);
  EXPECT_EQ(message.error.message, "Unsupported protocol version");
  EXPECT_THAT(message.error.supported, ElementsAre("2025-11-25", "2026-07-28"));
}

TEST(MessageTest, AnErrorNeedsNoId) {
  for (std::string_view json : {samples::kStaleSession, samples::kStaleSessionWithoutId}) {
    const Message message = ParseOne(json);
    EXPECT_EQ(message.kind, Kind::kError);
    EXPECT_EQ(message.id_json, "");
    EXPECT_EQ(message.error.code, -32000);
  }
}

TEST(MessageTest, ReadsServerRequestsAndNotifications) {
  const Message ping = ParseOne(samples::kPing);
  EXPECT_EQ(ping.kind, Kind::kRequest);
  EXPECT_EQ(ping.method, "ping");
  EXPECT_EQ(ping.id_json, R"("ping-1")");

  const Message log = ParseOne(samples::kLogNotification);
  EXPECT_EQ(log.kind, Kind::kNotification);
  EXPECT_EQ(log.method, "notifications/message");
  EXPECT_EQ(log.id_json, "");
}

TEST(MessageTest, ReadsABatchInItsOrder) {
  const Result<std::vector<Message>> batch = ParseMessages(samples::kBatch);
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->size(), 3U);
  EXPECT_EQ((*batch)[0].kind, Kind::kNotification);
  EXPECT_EQ((*batch)[1].kind, Kind::kResult);
  ASSERT_TRUE((*batch)[1].tools);
  EXPECT_EQ((*batch)[1].tools->size(), 1U);
  EXPECT_EQ((*batch)[2].kind, Kind::kError);
  EXPECT_EQ((*batch)[2].id_json, "3");
  EXPECT_EQ((*batch)[2].error.code, code::kMethodNotFound);
  EXPECT_FALSE((*batch)[2].tools);
}

TEST(MessageTest, KeepsAnIdAsJsonText) {
  const auto id = [](std::string_view json) {
    return ParseOne(R"({"jsonrpc":"2.0","method":"ping","id":)" + std::string(json) + "}").id_json;
  };
  EXPECT_EQ(id("0"), "0");
  EXPECT_EQ(id("-7"), "-7");
  EXPECT_EQ(id("9007199254740993"), "9007199254740993");
  EXPECT_EQ(id("1.50"), "1.50");
  EXPECT_EQ(id("18446744073709551616"), "18446744073709551616");
  EXPECT_EQ(id(R"("a")"), R"("a")");
  EXPECT_EQ(id(R"("")"), R"("")");
  EXPECT_EQ(id(R"("q\"\\\u000A\u00e9")"), R"("q\"\\\né")");
}

TEST(MessageTest, AcceptsWhiteSpaceAround) {
  EXPECT_EQ(ParseOne(" \r\n\t" + std::string(samples::kPing) + "\r\n \t").method, "ping");
}

TEST(MessageTest, ReadsWhatItWritesItself) {
  const Implementation client{"probe", "0"};
  EXPECT_EQ(ParseOne(InitializeRequest(1, kNewestLegacy, client)).method, "initialize");
  EXPECT_EQ(ParseOne(InitializedNotification()).kind, Kind::kNotification);
  EXPECT_EQ(ParseOne(DiscoverRequest(1, client)).method, "server/discover");
  EXPECT_EQ(ParseOne(ReplyToServerRequest("1", "ping")).kind, Kind::kResult);
  EXPECT_EQ(ParseOne(ReplyToServerRequest(R"("a")", "roots/list")).error.code,
            code::kMethodNotFound);
}

}  // namespace
}  // namespace mcp_vitals::mcp
