#include "tests/proxy/observation_fixture.h"

// Streamable HTTP, 2025-03-26 to 2025-11-25: one exchange at a time.
namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LegacyTest : public ObservationTest {};

TEST_F(LegacyTest, ACallIsAnOperation) {
  LearnTools();
  auto call = Post(Call("1"));
  EXPECT_EQ(in_flight(), 1u);
  Pass(2);
  Json(std::move(call), 200, Result("1"));
  EXPECT_THAT(Operations(), ElementsAre("tools/call add ok"));
  EXPECT_THAT(Requests(), ElementsAre("tools/call 200"));
  EXPECT_DOUBLE_EQ(Seconds(), 2);
}

TEST_F(LegacyTest, OutcomesOfOneExchange) {
  const struct {
    int status;
    std::string body;
    std::string outcome;
  } table[] = {
      {200, Result("1"), "ok"},
      {200, R"({"id":1,"result":[]})", "ok"},
      {200, Result("1", R"("isError":true)"), "tool_error"},
      {200, "[" + Result("1") + "]", "ok"},
      {200, Error("1", -32600), "invalid_request"},
      {200, Error("1", -32700), "invalid_request"},
      {400, Error("1", -32601), "method_not_found"},
      {200, Error("1", -32602), "invalid_params"},
      {500, Error("1", -32603), "internal_error"},
      {404, Error("1", -32001), "rpc_other"},
      {400, Error("null", -32000), "rpc_other"},
      {400, R"({"error":{"code":-32000}})", "rpc_other"},
      {401, "", "http_4xx"},
      {404, "Session not found", "http_4xx"},
      {500, "", "http_5xx"},
      {202, "", "cut"},
      {200, Result("2"), "cut"},
      {200, Result("\"1\""), "cut"},
      {200, Result("null"), "cut"},
      {200, "{\"id\":1,\"result\":{}", "cut"},
  };
  for (const auto& [status, body, outcome] : table) {
    vitals_.operations.clear();
    Json(Post(Call("1")), status, body);
    EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER " + outcome)) << status << body;
  }
}

TEST_F(LegacyTest, TheSameInASession) {
  Initialize("s");
  Json(Post(Call("1"), "s"), 404, Error("1", -32001));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER rpc_other"));
  Initialize("t");
  Empty(Post(Call("1"), "t"), 404);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER http_4xx"));
}

TEST_F(LegacyTest, BodiesMayComeInPieces) {
  const std::string request = Call("1");
  const std::string answer = Result("1", R"("isError":true)");
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json; charset=utf-8";
  auto call = Begin(facts);
  for (const char c : request) call->RequestBytes({&c, 1});
  call->RequestEnd();
  Answer(call, 200, "Application/JSON;charset=utf-8");
  for (const char c : answer) Bytes(call, {&c, 1});
  End(call);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER tool_error"));
}

TEST_F(LegacyTest, AnAnswerMayBeAStreamSplitAnywhere) {
  const std::string stream = ": hello\n\n" + kPriming +
                             Event(Notification("notifications/message")) + "data: " + Result("1") +
                             "\r\n\r\n";
  for (std::size_t i = 0; i <= stream.size(); ++i) {
    vitals_.operations.clear();
    auto call = Streaming(Post(Call("1")), stream.substr(0, i));
    Pass(1);
    Bytes(call, stream.substr(i));
    EXPECT_EQ(in_flight(), 0u) << i;
    End(call);
    EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok")) << i;
  }
  EXPECT_EQ(Of(StreamKind::kPost).opened, stream.size() + 1);
}

TEST_F(LegacyTest, DurationsEndWithTheAnswer) {
  auto call = Streaming(Post(Call("1")));
  Pass(3);
  Bytes(call, Event(Result("1")));
  Pass(100);
  Break(call, StreamEnd::kClient);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
  EXPECT_DOUBLE_EQ(Seconds(), 3);
}

TEST_F(LegacyTest, ABatchIsSeveralOperations) {
  LearnTools();
  auto batch = Post("[" + Call("1") + "," + Call("2", "sub") + "," + Request("3", "tools/list") +
                    "," + Notification("notifications/progress") + "]");
  EXPECT_EQ(in_flight(), 3u);
  Json(std::move(batch), 200, "[" + Error("2", -32602) + "," + Result("1") + "]");
  EXPECT_THAT(Operations(),
              ElementsAre("tools/call add ok", "tools/call sub invalid_params", "tools/list cut"));
  EXPECT_THAT(Requests(), ElementsAre("_BATCH 200"));
}

TEST_F(LegacyTest, ABatchIsAnsweredOnAStreamOneByOne) {
  auto batch = Streaming(Post("[" + Call("1") + "," + Call("2") + "]"));
  Pass(1);
  Bytes(batch, Event(Result("2")));
  EXPECT_EQ(in_flight(), 1u);
  Pass(1);
  Bytes(batch, Event("[" + Result("1") + "]"));
  End(batch);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok x2"));
  EXPECT_DOUBLE_EQ(Seconds(), 3);
}

TEST_F(LegacyTest, AnErrorWithoutIdAnswersNoBatch) {
  Json(Post("[" + Call("1") + "," + Call("2") + "]"), 400, Error("null", -32600));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER http_4xx x2"));
}

TEST_F(LegacyTest, ABatchOfOneCountsAsItsMethod) {
  Json(Post("[" + Request("1", "ping") + "]"), 200, "[" + Result("1") + "]");
  EXPECT_THAT(Requests(), ElementsAre("ping 200"));
}

TEST_F(LegacyTest, AMethodInTheHeadAloneHidesNothing) {
  LearnTools();
  const std::string_view versions[] = {"", "2025-11-25", "2025-06-18"};
  for (const std::string_view version : versions) {
    RequestFacts facts;
    facts.http_method = "POST";
    facts.content_type = "application/json";
    facts.method = "ping";
    facts.protocol_version = version;
    auto call = Begin(facts);
    call->RequestBytes(Call("1"));
    call->RequestEnd();
    Json(std::move(call), 200, Result("1"));
  }
  EXPECT_THAT(Operations(), ElementsAre("tools/call add ok x3"));
  EXPECT_THAT(Requests(), ElementsAre("tools/call 200 x3"));
}

TEST_F(LegacyTest, ACallMayBeAnsweredByAStreamItDidNotAskFor) {
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json";
  for (const std::string_view accept : {"", "*/*", "application/json"}) {
    facts.accept = accept;
    auto call = Begin(facts);
    call->RequestBytes(Call("1"));
    call->RequestEnd();
    Stream(call);
    EXPECT_EQ(Of(StreamKind::kPost).live, 1u) << accept;
    Bytes(call, Event(Result("1")));
    End(call);
  }
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok x3"));
}

TEST_F(LegacyTest, NotificationsAreNoOperations) {
  Empty(Post(Notification("notifications/initialized")), 202);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_THAT(Requests(), ElementsAre("notifications/initialized 202"));
}

TEST_F(LegacyTest, AnswersOfTheClientAreNoOperations) {
  Empty(Post(Result("1")), 202);
  Empty(Post(Error("1", -32601)), 202);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_THAT(Requests(), ElementsAre("_ANSWER 202 x2"));
}

TEST_F(LegacyTest, ARequestOfTheServerIsNoAnswer) {
  auto call = Streaming(Post(Call("1")));
  Bytes(call, Event(Request("1", "sampling/createMessage")));
  EXPECT_EQ(in_flight(), 1u);
  Empty(Post(Result("1")), 202);
  EXPECT_EQ(in_flight(), 1u) << "the client answers the server";
  Bytes(call, Event(Result("1")));
  End(call);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok"));
}

TEST_F(LegacyTest, AnswersNobodyAskedForAreNothing) {
  auto call = Streaming(Post(Call("1")));
  Bytes(call, Event(Result("9")) + Event(Error("null", -32000)) + Event("no json") + Event("5"));
  Bytes(call, Event(Result("1")) + Event(Result("1")));
  End(call);
  EXPECT_EQ(Operations().size(), 1u);
}

TEST_F(LegacyTest, AnIdMayBeUsedAgain) {
  for (int i = 0; i < 3; ++i) Json(Post(Call("1")), 200, Result("1"));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok x3"));
}

TEST_F(LegacyTest, WithoutASessionClientsMayUseTheSameIds) {
  auto first = Streaming(Post(Call("1")));
  auto second = Post(Call("1"));
  Pass(1);
  Json(std::move(second), 200, Error("1", -32602));
  EXPECT_EQ(in_flight(), 1u);
  Bytes(first, Event(Result("1")));
  End(first);
  EXPECT_THAT(Operations(),
              ElementsAre("tools/call _OTHER ok", "tools/call _OTHER invalid_params"));
}

TEST_F(LegacyTest, AClientThatLeavesHasCancelled) {
  auto waiting = Post(Call("1"));
  Break(waiting, StreamEnd::kClient);
  auto answered = Streaming(Post(Call("2")));
  Break(answered, StreamEnd::kClient);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled x2"));
}

TEST_F(LegacyTest, AClientThatLeavesBeforeItsBodyIsWholeHasAskedNothing) {
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json";
  auto call = Begin(facts);
  call->RequestBytes(Call("1").substr(0, 20));
  Break(call, StreamEnd::kClient);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_THAT(Requests(), IsEmpty());
}

TEST_F(LegacyTest, AnAnswerThatBreaksOffIsCut) {
  auto call = Post(Call("1"));
  Answer(call, 200, "application/json");
  Bytes(call, R"({"jsonrpc":"2.0","id":1,)");
  Break(call, StreamEnd::kCut);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cut"));
}

TEST_F(LegacyTest, ToolsAreNamedOnceTheyWereListed) {
  Json(Post(Call("1")), 200, Result("1"));
  Json(Post(Request("2", "tools/list")), 200, Result("2", R"("tools":[{"name":"add"}])"));
  Json(Post(Call("3")), 200, Result("3"));
  Json(Post(Call("4", "made up")), 200, Result("4"));
  EXPECT_THAT(Operations(),
              ElementsAre("tools/call _OTHER ok x2", "tools/call add ok", "tools/list ok"));
}

TEST_F(LegacyTest, ToolsAreLearntFromStreamsToo) {
  auto list = Streaming(Post(Request("1", "tools/list")),
                        Event(Result("1", R"("tools":[{"name":"add"}])")));
  End(list);
  EXPECT_EQ(tools_.LabelOf("add"), "add");
}

TEST_F(LegacyTest, AClientCannotTeachTools) {
  Empty(Post(Result("1", R"("tools":[{"name":"evil"}])")), 202);
  EXPECT_EQ(tools_.LabelOf("evil"), "_OTHER");
}

TEST_F(LegacyTest, ACallWithoutANameIsOfAnotherTool) {
  Json(Post(Request("1", "tools/call")), 200, Error("1", -32602));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER invalid_params"));
}

TEST_F(LegacyTest, WhatIsNoJsonIsOther) {
  for (std::string_view body : {"", "no json", "[]", "5"}) Empty(Post(body), 400);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_THAT(Requests(), ElementsAre("_OTHER 400 x4"));
}

TEST_F(LegacyTest, WhatIsNoMcpIsForeign) {
  const struct {
    std::string_view method, type, accept;
  } table[] = {{"GET", "", "text/html"},
               {"GET", "", ""},
               {"POST", "text/plain", ""},
               {"POST", "", ""},
               {"POST", "application/jsonx", ""},
               {"OPTIONS", "", "text/event-stream"},
               {"HEAD", "", ""},
               {"PUT", "application/json", ""},
               {"DELETE", "", ""}};
  for (const auto& [method, type, accept] : table) {
    RequestFacts facts;
    facts.http_method = method;
    facts.content_type = type;
    facts.accept = accept;
    auto exchange = Begin(facts);
    exchange->RequestBytes(Call("1"));
    exchange->RequestEnd();
    Json(std::move(exchange), 200, Result("1", R"("tools":[{"name":"x"}])"), "s");
  }
  EXPECT_EQ(vitals_.foreign_requests, 9u);
  EXPECT_THAT(Requests(), IsEmpty());
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_EQ(vitals_.sessions.opened, 0u);
}

TEST_F(LegacyTest, ForeignStreamsAreNone) {
  RequestFacts facts;
  facts.http_method = "POST";
  auto exchange = Streaming(Begin(facts), kEndpoint);
  EXPECT_FALSE(exchange->is_stream());
  Break(exchange, StreamEnd::kClient);
}

}  // namespace
}  // namespace mcp_vitals::proxy
