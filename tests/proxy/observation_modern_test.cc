#include "tests/proxy/observation_fixture.h"

// 2026-07-28: each POST names its method, and stands for itself.
namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ModernTest : public ObservationTest {};

TEST_F(ModernTest, ACallIsAnOperation) {
  LearnTools();
  auto call = PostModern("tools/call", "add");
  EXPECT_EQ(in_flight(), 1u);
  Pass(1.5);
  Json(std::move(call), 200, Result("1"));
  EXPECT_THAT(Operations(), ElementsAre("tools/call add ok"));
  EXPECT_THAT(Requests(), ElementsAre("tools/call 200"));
  EXPECT_DOUBLE_EQ(Seconds(), 1.5);
}

TEST_F(ModernTest, OutcomesOfOneExchange) {
  const struct {
    int status;
    std::string body;
    std::string outcome;
  } table[] = {
      {200, Result("1"), "ok"},
      {200, Result("1", R"("isError":true)"), "tool_error"},
      {200, Error("1", -32601), "method_not_found"},
      {404, Error("1", -32601), "method_not_found"},
      {400, Error("1", -32602), "invalid_params"},
      {400, Error("1", -32600), "invalid_request"},
      {400, Error("null", -32700), "invalid_request"},
      {500, Error("1", -32603), "internal_error"},
      {400, Error("1", -32020), "rpc_other"},
      {400, Error("null", -32022), "rpc_other"},
      {200, Error("1", 1), "rpc_other"},
      {400, "", "http_4xx"},
      {404, "not json", "http_4xx"},
      {401, "{}", "http_4xx"},
      {503, "", "http_5xx"},
      {200, "", "cut"},
      {200, "{\"jsonrpc\":", "cut"},
      {302, "", "cut"},
  };
  for (const auto& [status, body, outcome] : table) {
    vitals_.operations.clear();
    Json(PostModern("tools/call", "add"), status, body);
    EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER " + outcome)) << status << body;
  }
}

TEST_F(ModernTest, IsErrorIsOfCallsAlone) {
  Json(PostModern("prompts/get", "p"), 200, Result("1", R"("isError":true)"));
  EXPECT_THAT(Operations(), ElementsAre("prompts/get ok"));
}

TEST_F(ModernTest, AnyAnswerIsTheAnswer) {
  Json(PostModern("tools/list"), 200, Result("\"another id\""));
  EXPECT_THAT(Operations(), ElementsAre("tools/list ok"));
}

TEST_F(ModernTest, AnAnswerMayBeAStream) {
  auto call = Streaming(PostModern("tools/call", "add"));
  Pass(1);
  Bytes(call, Event(Notification("notifications/progress")));
  EXPECT_EQ(in_flight(), 1u);
  Pass(1);
  Bytes(call, Event(Result("1")));
  EXPECT_EQ(in_flight(), 0u);
  Pass(5);
  End(call);
  EXPECT_DOUBLE_EQ(Seconds(), 2) << "to the answer, not to the stream's end";
  EXPECT_EQ(Closed(StreamKind::kPost, StreamEnd::kServer), 1u);
}

TEST_F(ModernTest, ClosingTheStreamIsTheCancellation) {
  auto call = Streaming(PostModern("tools/call", "add"), kPriming);
  Break(call, StreamEnd::kClient);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cancelled"));
  EXPECT_EQ(Closed(StreamKind::kPost, StreamEnd::kClient), 1u);
}

TEST_F(ModernTest, AnAnswerThatBreaksOffIsCut) {
  auto call = PostModern("tools/call");
  Break(call, StreamEnd::kCut);
  auto streaming = Streaming(PostModern("tools/call"), kPriming);
  Break(streaming, StreamEnd::kCut);
  auto silent = Streaming(PostModern("tools/call"), kPriming);
  End(silent);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER cut x3"));
}

TEST_F(ModernTest, NothingIsResumed) {
  auto call = Streaming(PostModern("tools/call"), Event(Notification("x"), "7"));
  Break(call, StreamEnd::kCut);
  EXPECT_EQ(in_flight(), 0u);
}

TEST_F(ModernTest, ListeningIsAnsweredByTheAcknowledgement) {
  auto listen = Streaming(PostModern("subscriptions/listen"));
  EXPECT_EQ(Of(StreamKind::kListen).live, 1u);
  Pass(0.5);
  Bytes(listen, Event(Notification("notifications/subscriptions/acknowledged")));
  EXPECT_EQ(in_flight(), 0u);
  Pass(600);
  Bytes(listen, Event(Notification("notifications/tools/list_changed")));
  Bytes(listen, Event(Result("1")));
  End(listen);
  EXPECT_THAT(Operations(), ElementsAre("subscriptions/listen ok"));
  EXPECT_DOUBLE_EQ(Seconds(), 0.5);
  EXPECT_DOUBLE_EQ(Of(StreamKind::kListen).duration.sum(), 600.5);
}

TEST_F(ModernTest, ListeningMayBeRefused) {
  Json(PostModern("subscriptions/listen"), 400, Error("1", -32602));
  EXPECT_THAT(Operations(), ElementsAre("subscriptions/listen invalid_params"));
}

TEST_F(ModernTest, ListeningMayEndBeforeTheAcknowledgement) {
  auto listen = Streaming(PostModern("subscriptions/listen"));
  Break(listen, StreamEnd::kClient);
  EXPECT_THAT(Operations(), ElementsAre("subscriptions/listen cancelled"));
}

TEST_F(ModernTest, AnAcknowledgementAnswersNothingElse) {
  auto call = Streaming(PostModern("tools/call"),
                        Event(Notification("notifications/subscriptions/acknowledged")));
  EXPECT_EQ(in_flight(), 1u);
  End(call);
}

TEST_F(ModernTest, NotificationsAreNoOperations) {
  auto post = PostModern("notifications/cancelled");
  EXPECT_EQ(in_flight(), 0u);
  Empty(std::move(post), 202);
  EXPECT_THAT(Operations(), IsEmpty());
  EXPECT_THAT(Requests(), ElementsAre("notifications/cancelled 202"));
}

TEST_F(ModernTest, UnknownMethodsAreOther) {
  Json(PostModern("made/up"), 404, Error("1", -32601));
  EXPECT_THAT(Operations(), ElementsAre("_OTHER method_not_found"));
  EXPECT_THAT(Requests(), ElementsAre("_OTHER 404"));
}

TEST_F(ModernTest, AToolsNameMayBeEncoded) {
  tools_.Learn({"größe"});
  Json(PostModern("tools/call", "=?base64?Z3LDtsOfZQ==?="), 200, Result("1"));
  Json(PostModern("tools/call", "=?base64?!!?="), 200, Result("1"));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER ok", "tools/call größe ok"));
}

TEST_F(ModernTest, LaterRevisionsAreModernToo) {
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json";
  facts.protocol_version = "2027-01-01";
  facts.method = "tools/list";
  Json(Begin(facts), 200, Result("1"));
  EXPECT_THAT(Operations(), ElementsAre("tools/list ok"));
}

TEST_F(ModernTest, WithoutAMethodInTheHeadTheBodyDecides) {
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json";
  facts.protocol_version = "2026-07-28";
  auto call = Begin(facts);
  call->RequestBytes(Call("1"));
  call->RequestEnd();
  Json(std::move(call), 400, Error("1", -32020));
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER rpc_other"));
}

TEST_F(ModernTest, ASessionsIdMeansNothing) {
  Initialize("s");
  RequestFacts facts;
  facts.http_method = "POST";
  facts.content_type = "application/json";
  facts.protocol_version = "2026-07-28";
  facts.method = "tools/call";
  for (std::string_view id : {"s", "unknown"}) {
    facts.session_id = id;
    Json(Begin(facts), 200, Result("1"));
  }
  facts.session_id = "s";
  Json(Begin(facts), 404, Error("1", -32601));
  EXPECT_THAT(Operations(),
              ElementsAre("tools/call _OTHER ok x2", "tools/call _OTHER method_not_found"));
  EXPECT_EQ(vitals_.sessions.live, 1u);
}

TEST_F(ModernTest, TheBodyIsNotHeld) {
  RequestFacts facts;
  facts.http_method = "POST";
  facts.protocol_version = "2026-07-28";
  facts.method = "tools/call";
  auto call = Begin(facts);
  call->RequestBytes(std::string(1000, 'x'));
  EXPECT_EQ(bodies_.left, kBudget);
  Break(call, StreamEnd::kClient);
}

TEST_F(ModernTest, ARefusalOfOursIsAnAnswerToo) {
  auto call = PostModern("tools/call");
  Pass(5);
  call->Refused(504, now_);
  EXPECT_THAT(Operations(), ElementsAre("tools/call _OTHER http_5xx"));
  EXPECT_THAT(Requests(), ElementsAre("tools/call 504"));
}

}  // namespace
}  // namespace mcp_vitals::proxy
