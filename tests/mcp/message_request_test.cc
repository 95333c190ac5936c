#include <optional>

#include "mcp/message.h"
#include "tests/mcp/parse.h"

// The bodies that a client sends, byte for byte.
namespace mcp_vitals::mcp {
namespace {

const Implementation kClient{"mcp-vitals", "0.1.0"};

#define META(version)                                                                  \
  R"("_meta":{"io.modelcontextprotocol/protocolVersion":")" version                    \
  R"(","io.modelcontextprotocol/clientInfo":{"name":"mcp-vitals","version":"0.1.0"},)" \
  R"("io.modelcontextprotocol/clientCapabilities":{}})"

TEST(MessageRequestTest, InitializeNamesTheVersionThatIsAskedFor) {
  EXPECT_EQ(InitializeRequest(1, Version::k20250326, kClient),
            R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":)"
            R"("2025-03-26","capabilities":{},"clientInfo":{"name":"mcp-vitals",)"
            R"("version":"0.1.0"}}})");
}

TEST(MessageRequestTest, InitializedIsANotificationWithoutParams) {
  EXPECT_EQ(InitializedNotification(), R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
}

TEST(MessageRequestTest, DiscoverCarriesTheModernMeta) {
  EXPECT_EQ(DiscoverRequest(7, kClient),
            R"({"jsonrpc":"2.0","id":7,"method":"server/discover","params":{)" META(
                "2026-07-28") R"(}})");
}

TEST(MessageRequestTest, ToolsListOfTheLegacyErasHasParamsOnlyForACursor) {
  EXPECT_EQ(ToolsListRequest(2, kNewestLegacy, kClient, std::nullopt),
            R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})");
  EXPECT_EQ(ToolsListRequest(2, kNewestLegacy, kClient, ""),
            R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":""}})");
  EXPECT_EQ(ToolsListRequest(2, kNewestLegacy, kClient, R"(a"b)"),
            R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":"a\"b"}})");
}

TEST(MessageRequestTest, ToolsListOfTheModernEraCarriesTheMeta) {
  EXPECT_EQ(
      ToolsListRequest(2, kNewest, kClient, std::nullopt),
      R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{)" META("2026-07-28") R"(}})");
  EXPECT_EQ(ToolsListRequest(2, kNewest, kClient, "p2"),
            R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":"p2",)" META(
                "2026-07-28") R"(}})");
}

TEST(MessageRequestTest, ToolsCallPutsTheArgumentsInAsTheyAre) {
  EXPECT_EQ(ToolsCallRequest(3, kNewestLegacy, kClient, "add", R"({"a": 1})"),
            R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"add",)"
            R"("arguments":{"a": 1}}})");
  EXPECT_EQ(ToolsCallRequest(3, kNewest, kClient, "add", "{}"),
            R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"add",)"
            R"("arguments":{},)" META("2026-07-28") R"(}})");
}

TEST(MessageRequestTest, CancelledNamesTheRequestAndWhy) {
  EXPECT_EQ(CancelledNotification(3, "timeout"),
            R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3,)"
            R"("reason":"timeout"}})");
}

TEST(MessageRequestTest, PingIsAnsweredAndOtherRequestsArePolitelyRefused) {
  EXPECT_EQ(ReplyToServerRequest("9", "ping"), R"({"jsonrpc":"2.0","id":9,"result":{}})");
  EXPECT_EQ(ReplyToServerRequest(R"("a")", "sampling/createMessage"),
            R"({"jsonrpc":"2.0","id":"a","error":{"code":-32601,"message":"Method not found"}})");
}

TEST(MessageRequestTest, EverythingOfOursIsEscaped) {
  const Implementation odd{"a\"\\\n\x01\xff", "é"};
  EXPECT_EQ(InitializeRequest(-1, Version::k20241105, odd),
            R"({"jsonrpc":"2.0","id":-1,"method":"initialize","params":{"protocolVersion":)"
            R"("2024-11-05","capabilities":{},"clientInfo":{"name":"a\"\\\n\u0001�",)"
            R"("version":"é"}}})");
  EXPECT_EQ(ParseOne(ToolsCallRequest(1, kNewest, odd, "t\"}\r\n", "{}")).method, "tools/call");
}

}  // namespace
}  // namespace mcp_vitals::mcp
