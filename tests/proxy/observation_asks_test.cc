#include "tests/proxy/observation_fixture.h"

// What is known of a request before it goes on: the tools that it calls, and whether more is to
// come.
namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AsksTest : public ObservationTest {
 protected:
  void TearDown() override {
    if (exchange_) Break(exchange_, StreamEnd::kClient);
    ObservationTest::TearDown();
  }
  const std::vector<std::string>& ToolsOf(Exchange exchange) {
    if (exchange_) Break(exchange_, StreamEnd::kClient);
    exchange_ = std::move(exchange);
    return exchange_->tools();
  }
  Exchange BeginPost(std::string_view encoding = "") {
    RequestFacts facts;
    facts.http_method = "POST";
    facts.content_type = "application/json";
    facts.content_encoding = encoding;
    return Begin(facts);
  }

  Exchange exchange_;
};

TEST_F(AsksTest, ACallIsOfItsTool) {
  EXPECT_THAT(ToolsOf(Post(Call("1", "add"))), ElementsAre("add"));
  EXPECT_THAT(ToolsOf(PostModern("tools/call", "add")), ElementsAre("add"));
  EXPECT_THAT(ToolsOf(PostModern("tools/call", "=?base64?Z3LDtsOfZQ==?=")), ElementsAre("größe"));
}

TEST_F(AsksTest, ABatchIsOfAllItsTools) {
  EXPECT_THAT(
      ToolsOf(Post("[" + Call("1", "add") + "," + Request("2", "ping") + "," + Call("3", "sub") +
                   "," + Notification("tools/call") + "," + Call("4", "add") + "]")),
      ElementsAre("add", "sub", "add"));
}

TEST_F(AsksTest, WhatIsNoCallIsOfNoTool) {
  EXPECT_THAT(ToolsOf(Post(Request("1", "tools/list"))), IsEmpty());
  EXPECT_THAT(ToolsOf(Post(R"({"id":1,"method":"prompts/get","params":{"name":"p"}})")), IsEmpty());
  EXPECT_THAT(ToolsOf(PostModern("prompts/get", "p")), IsEmpty());
  EXPECT_THAT(ToolsOf(Get()), IsEmpty());
  EXPECT_THAT(ToolsOf(Begin({})), IsEmpty()) << "foreign";
}

TEST_F(AsksTest, ACallWithoutANameIsOfSomeTool) {
  EXPECT_THAT(ToolsOf(Post(Request("1", "tools/call"))), ElementsAre("?"));
  EXPECT_THAT(ToolsOf(PostModern("tools/call")), ElementsAre("?"));
}

TEST_F(AsksTest, AMessageIsKnownWhenItIsWhole) {
  auto call = BeginPost();
  EXPECT_TRUE(call->needs_body());
  call->RequestBytes(Call("1").substr(0, 20));
  EXPECT_TRUE(call->needs_body());
  call->RequestBytes(Call("1").substr(20));
  EXPECT_TRUE(call->needs_body());
  call->RequestEnd();
  EXPECT_FALSE(call->needs_body());
  Json(std::move(call), 200, Result("1"));
}

TEST_F(AsksTest, WhatIsNotReadIsNotWaitedFor) {
  auto large = BeginPost();
  large->RequestBytes(std::string(20'000, ' '));
  EXPECT_TRUE(large->needs_body());
  large->RequestBytes(" ");
  EXPECT_FALSE(large->needs_body());
  large->RequestEnd();
  EXPECT_FALSE(large->needs_body());
  auto compressed = BeginPost("gzip");
  EXPECT_FALSE(compressed->needs_body());
  auto answered = BeginPost();
  Answer(answered, 413);
  EXPECT_FALSE(answered->needs_body());
}

TEST_F(AsksTest, OthersAreKnownByTheirHead) {
  options_.read_traceparent = true;  // reads bodies, though it could do without
  RequestFacts facts;
  facts.content_type = "application/json";
  facts.session_id = "s";
  for (const std::string_view method : {"GET", "DELETE", "PUT"}) {
    facts.http_method = method;
    EXPECT_FALSE(Begin(facts)->needs_body()) << method;
  }
  facts.http_method = "POST";
  facts.method = "tools/call";
  facts.protocol_version = "2026-07-28";
  auto modern = Begin(facts);
  EXPECT_FALSE(modern->needs_body());
  Break(modern, StreamEnd::kClient);
}

}  // namespace
}  // namespace mcp_vitals::proxy
