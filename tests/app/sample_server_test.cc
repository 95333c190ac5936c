#include "app/sample_server.h"

#include <gmock/gmock.h>

#include "app/probe_once.h"
#include "tests/app/sample_requests.h"

namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;

struct EraCase {
  const char* name;
  SampleOptions options;
  const char* protocol;  // "" for auto
  const char* version;   // as agreed
};

class ProbedTest : public testing::TestWithParam<EraCase> {};

TEST_P(ProbedTest, IsFoundHealthyAndKeepsNoSession) {
  const auto server = StartSample(GetParam().options);
  auto target = std::make_shared<probe::Target>();
  target->url = *net::ParseUrl(server->url());
  target->protocol = mcp::ParseVersion(GetParam().protocol);
  target->expect_tools = {"echo", "add"};
  target->canary.emplace();
  target->canary->tool = "add";
  target->canary->arguments_json = R"({"a":1,"b":2})";
  target->canary->expect.checks = {{"/structuredContent/sum", "3", {}, {}, {}, {}}};
  const auto result = ProbeOnce(target);
  EXPECT_TRUE(result.success) << result.detail;
  EXPECT_EQ(result.protocol_version, GetParam().version);
  EXPECT_EQ(result.transport, "streamable_http");
  EXPECT_EQ(result.server_name, "mcp-vitals-sample");
  EXPECT_EQ(result.tools, 3u);
  EXPECT_TRUE(result.session_closed());
  const bool legacy = result.era == "legacy";
  EXPECT_EQ(server->sessions().opened, legacy ? 1u : 0u);
  EXPECT_EQ(server->sessions().live, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    SampleServer, ProbedTest,
    testing::Values(EraCase{"Both", {}, "", "2026-07-28"},
                    EraCase{"ModernSse", {0, false, true, true}, "", "2026-07-28"},
                    EraCase{"LegacyJson", {0, true, false, false}, "", "2025-11-25"},
                    EraCase{"LegacySse", {0, true, false, true}, "", "2025-11-25"},
                    EraCase{"Asked20251125", {}, "2025-11-25", "2025-11-25"},
                    EraCase{"Asked20250618", {}, "2025-06-18", "2025-06-18"},
                    EraCase{"Asked20250326", {0, true, true, true}, "2025-03-26", "2025-03-26"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(SampleServerTest, AModernRequestNeedsItsHeaders) {
  const auto server = StartSample();
  const auto good = Post(*server, Modern("tools/list"), ModernHeaders("tools/list"));
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(Find(good.body, "/id"), "x");
  EXPECT_EQ(Find(good.body, "/result/resultType"), "complete");
  const auto code = [&](const std::string& body, const std::string& headers) {
    const auto answer = Post(*server, body, headers);
    return std::to_string(answer.status) + " " + Find(answer.body, "/error/code");
  };
  EXPECT_EQ(code(Modern("tools/list"), ""), "400 -32020");
  EXPECT_EQ(code(Modern("tools/list"), "MCP-Protocol-Version: 2026-07-28\r\n"), "400 -32020");
  EXPECT_EQ(code(Modern("tools/list"), ModernHeaders("tools/call")), "400 -32020");
  EXPECT_EQ(code(Modern("tools/call", R"("name":"echo",)"), ModernHeaders("tools/call")),
            "400 -32020");
  EXPECT_EQ(code(Modern("nonsense"), ModernHeaders("nonsense")), "404 -32601");
  EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})", ModernHeaders("tools/list")),
            "400 -32602");
}

TEST(SampleServerTest, AnUnsupportedModernVersionIsToldWhatIsSupported) {
  const auto server = StartSample();
  const auto answer = Post(
      *server,
      R"({"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2027-01-01"}}})",
      "MCP-Protocol-Version: 2027-01-01\r\nMcp-Method: server/discover\r\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(Find(answer.body, "/error/code"), "-32022");
  EXPECT_EQ(Find(answer.body, "/error/data/supported/0"), "2026-07-28");
  EXPECT_EQ(Find(answer.body, "/error/data/requested"), "2027-01-01");
}

TEST(SampleServerTest, ALegacySessionIsOpenedUsedAndDeleted) {
  const auto server = StartSample();
  const auto opened = Post(*server, kInitialize);
  EXPECT_EQ(Find(opened.body, "/result/protocolVersion"), "2025-06-18");
  const std::string session = SessionOf(opened);
  ASSERT_EQ(session.size(), 32u);
  EXPECT_EQ(server->sessions().live, 1u);

  const std::string with = "Mcp-Session-Id: " + session + "\r\n";
  const auto notified =
      Post(*server, R"({"jsonrpc":"2.0","method":"notifications/initialized"})", with);
  EXPECT_EQ(notified.status, 202);
  const auto pinged = Post(*server, R"({"jsonrpc":"2.0","id":7,"method":"ping"})", with);
  EXPECT_EQ(pinged.body, R"({"jsonrpc":"2.0","id":7,"result":{}})");

  const std::string remove =
      "DELETE /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + with + "\r\n";
  EXPECT_EQ(Ask(server->port(), remove).status, 200);
  EXPECT_EQ(server->sessions().live, 0u);
  EXPECT_EQ(Ask(server->port(), remove).status, 404);
  EXPECT_EQ(server->sessions().closed, 1u);
}

TEST(SampleServerTest, ALegacyRequestNeedsItsSession) {
  const auto server = StartSample();
  const std::string list = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
  EXPECT_EQ(Post(*server, list).status, 400);
  EXPECT_EQ(Post(*server, list, "Mcp-Session-Id: nobody\r\n").status, 404);
  EXPECT_EQ(Post(*server, kInitialize, "MCP-Protocol-Version: 1999-01-01\r\n").status, 400);
}

TEST(SampleServerTest, ModernOnlyRefusesInitialize) {
  const auto server = StartSample({0, false, true, false});
  const auto answer = Post(*server, kInitialize);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(Find(answer.body, "/error/code"), "-32022");
}

TEST(SampleServerTest, AnUnknownToolAndWrongArgumentsAreTold) {
  const auto server = StartSample();
  const auto call = [&](const std::string& params) {
    return Post(*server, Modern("tools/call", params),
                ModernHeaders("tools/call",
                              "Mcp-Name: " + Find("{" + params + "\"z\":0}", "/name") + "\r\n"));
  };
  EXPECT_EQ(Find(call(R"("name":"fly",)").body, "/error/code"), "-32602");
  EXPECT_EQ(Find(call(R"("name":"add","arguments":{"a":"1"},)").body, "/result/isError"), "true");
  EXPECT_EQ(
      Find(call(R"("name":"echo","arguments":{"message":"a\"b"},)").body, "/result/content/0/text"),
      "Echo: a\"b");
}

TEST(SampleServerTest, RefusesWhatIsNoMcp) {
  const auto server = StartSample();
  EXPECT_EQ(Get(server->port(), "/mcp").status, 406);
  EXPECT_EQ(Ask(server->port(), "PUT /mcp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status,
            405);
  EXPECT_EQ(Get(server->port(), "/elsewhere").status, 404);
  EXPECT_EQ(Get(server->port(), "/health").status, 200);
  EXPECT_EQ(Post(*server, "nonsense").status, 400);
  EXPECT_EQ(Post(*server, "[]").status, 400);
  EXPECT_EQ(Post(*server, "3").status, 400);
  EXPECT_EQ(Post(*server, std::string(100'000, '[')).status, 400);
  EXPECT_EQ(Post(*server, kInitialize, "Origin: https://evil.example.com\r\n").status, 403);
  EXPECT_EQ(Post(*server, kInitialize, "Origin: http://localhost.evil.example.com\r\n").status,
            403);
  EXPECT_EQ(Post(*server, kInitialize, "Origin: http://localhost:3000\r\n").status, 200);
  EXPECT_EQ(Ask(server->port(),
                "POST /mcp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                "Content-Type: application/json\r\nContent-Length: 0\r\n\r\n")
                .status,
            406);
}

TEST(SampleServerTest, RefusesABodyThatIsTooLarge) {
  const auto server = StartSample();
  const auto answer =
      Ask(server->port(), "POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 4294967296\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
}

TEST(SampleServerTest, AnswersSseInOneEvent) {
  const auto server = StartSample({0, true, true, true});
  const auto answer = Post(*server, Modern("tools/list"), ModernHeaders("tools/list"));
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(answer.body, HasSubstr("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":\"x\""));
}

TEST(SampleServerTest, SaysWhichPortIsTaken) {
  const auto server = StartSample();
  std::string error;
  EXPECT_EQ(SampleServer::Start({server->port(), true, true, false}, error), nullptr);
  EXPECT_THAT(error, HasSubstr("cannot listen on 127.0.0.1:" + std::to_string(server->port())));
}

}  // namespace
}  // namespace mcp_vitals::app
