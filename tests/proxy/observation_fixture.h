#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/observation.h"
#include "proxy/observer.h"

namespace mcp_vitals::proxy {

using vitals::SessionEnd;
using vitals::StreamEnd;
using vitals::StreamKind;

// ---- messages ----------------------------------------------------------------------------------

inline std::string Call(std::string_view id, std::string_view tool = "add") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) +
         R"(,"method":"tools/call","params":{"name":")" + std::string(tool) + R"("}})";
}
inline std::string Request(std::string_view id, std::string_view method) {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":")" + std::string(method) +
         R"(","params":{}})";
}
inline std::string Notification(std::string_view method) {
  return R"({"jsonrpc":"2.0","method":")" + std::string(method) + R"("})";
}
inline std::string Cancel(std::string_view id) {
  return R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" +
         std::string(id) + "}}";
}
inline std::string Result(std::string_view id, std::string_view members = "") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":{)" + std::string(members) +
         "}}";
}
inline std::string Error(std::string_view id, int code, std::string_view message = "no") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"error":{"code":)" +
         std::to_string(code) + R"(,"message":")" + std::string(message) + "\"}}";
}
inline std::string Event(std::string_view data, std::string_view id = "") {
  std::string event = id.empty() ? "" : "id: " + std::string(id) + "\n";
  return event + "event: message\ndata: " + std::string(data) + "\n\n";
}
inline const std::string kPriming = "id: 1\ndata: \n\n";
inline const std::string kEndpoint = "event: endpoint\ndata: /messages?sessionId=s\n\n";

// Drives an Observer at invented times. At its end nothing may be left of what has ended: no
// operation in flight, no live stream, no byte of the budget.
class ObservationTest : public testing::Test {
 protected:
  using Exchange = std::unique_ptr<Observation>;

  void TearDown() override {
    EXPECT_EQ(vitals_.operations_in_flight, 0u);
    EXPECT_THAT(Ages(), testing::IsEmpty());
    for (const vitals::StreamVitals& kind : vitals_.streams) EXPECT_EQ(kind.live, 0u);
    EXPECT_TRUE(observer_.streams().empty());
    EXPECT_EQ(bodies_.left, kBudget);
  }

  void Pass(double seconds) {
    now_ += std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(seconds));
  }
  void TickAfter(double seconds) {
    Pass(seconds);
    observer_.Tick(now_);
  }

  // ---- requests -------------------------------------------------------------------------------
  Exchange Begin(const RequestFacts& facts) { return observer_.Begin(facts, now_); }
  // A POST of the legacy eras, whole.
  Exchange Post(std::string_view body, std::string_view session = "",
                std::string_view target = "/mcp") {
    RequestFacts facts;
    facts.http_method = "POST";
    facts.target = target;
    facts.content_type = "application/json";
    facts.accept = "application/json, text/event-stream";
    facts.session_id = session;
    Exchange exchange = Begin(facts);
    exchange->RequestBytes(body);
    exchange->RequestEnd();
    return exchange;
  }
  // A POST to the endpoint of 2024-11-05's session.
  Exchange PostMessage(std::string_view body) { return Post(body, "", "/messages?sessionId=s"); }
  Exchange PostModern(std::string_view method, std::string_view name = "") {
    RequestFacts facts;
    facts.http_method = "POST";
    facts.target = "/mcp";
    facts.content_type = "application/json";
    facts.protocol_version = "2026-07-28";
    facts.method = method;
    facts.name = name;
    Exchange exchange = Begin(facts);
    exchange->RequestBytes(Call("1"));
    exchange->RequestEnd();
    return exchange;
  }
  Exchange Get(std::string_view session = "", std::string_view last_event_id = "") {
    RequestFacts facts;
    facts.http_method = "GET";
    facts.target = "/mcp";
    facts.accept = "text/event-stream";
    facts.session_id = session;
    facts.last_event_id = last_event_id;
    Exchange exchange = Begin(facts);
    exchange->RequestEnd();
    return exchange;
  }
  Exchange Delete(std::string_view session) {
    RequestFacts facts;
    facts.http_method = "DELETE";
    facts.target = "/mcp";
    facts.session_id = session;
    Exchange exchange = Begin(facts);
    exchange->RequestEnd();
    return exchange;
  }

  // ---- answers --------------------------------------------------------------------------------
  void Answer(const Exchange& exchange, int status, std::string_view type = "",
              std::string_view session = "", std::string_view encoding = "") {
    AnswerFacts facts;
    facts.status = status;
    facts.content_type = type;
    facts.content_encoding = encoding;
    facts.session_id = session;
    exchange->Answer(facts, now_);
  }
  void Bytes(const Exchange& exchange, std::string_view bytes) {
    exchange->AnswerBytes(bytes, now_);
  }
  void End(Exchange& exchange) {
    exchange->AnswerEnd(now_);
    exchange.reset();
  }
  void Break(Exchange& exchange, StreamEnd end) {
    exchange->Broken(end, now_);
    exchange.reset();
  }
  // A whole answer.
  void Json(Exchange exchange, int status, std::string_view body, std::string_view session = "") {
    Answer(exchange, status, "application/json", session);
    Bytes(exchange, body);
    End(exchange);
  }
  void Empty(Exchange exchange, int status) {
    Answer(exchange, status);
    End(exchange);
  }
  // The head of an answer that is a stream.
  void Stream(const Exchange& exchange, std::string_view session = "") {
    Answer(exchange, 200, "text/event-stream", session);
  }
  Exchange Streaming(Exchange exchange, std::string_view bytes = "") {
    Stream(exchange);
    Bytes(exchange, bytes);
    return exchange;
  }

  // ---- what is common -------------------------------------------------------------------------
  // Opens a session as Streamable HTTP does.
  void Initialize(std::string_view session) {
    Json(Post(Request("0", "initialize")), 200, Result("0"), session);
    vitals_.operations.clear();
    vitals_.requests.clear();
  }
  void LearnTools() { tools_.Learn({"add", "sub"}); }
  // A session of 2024-11-05: its stream.
  Exchange OldStream() { return Streaming(Get(), kEndpoint); }

  // ---- what was seen --------------------------------------------------------------------------
  // "method tool outcome", with a count if there were several.
  std::vector<std::string> Operations() const {
    std::vector<std::string> seen;
    for (const auto& [key, histogram] : vitals_.operations) {
      std::string text(key.method);
      if (!key.tool.empty()) text += " " + key.tool;
      const std::string_view outcome = ToString(key.outcome);
      text += " " + std::string(outcome.empty() ? "ok" : outcome);
      if (histogram.count() != 1) text += " x" + std::to_string(histogram.count());
      seen.push_back(text);
    }
    return seen;
  }
  // Of all operations together.
  double Seconds() const {
    double sum = 0;
    for (const auto& [key, histogram] : vitals_.operations) sum += histogram.sum();
    return sum;
  }
  std::vector<std::string> Requests() const {
    std::vector<std::string> seen;
    for (const auto& [key, count] : vitals_.requests) {
      std::string text = std::string(key.method) + " " + std::to_string(key.status);
      if (count != 1) text += " x" + std::to_string(count);
      seen.push_back(text);
    }
    return seen;
  }
  const vitals::StreamVitals& Of(StreamKind kind) const { return vitals_.of(kind); }
  std::uint64_t Closed(StreamKind kind, StreamEnd end) const {
    return Of(kind).closed[static_cast<std::size_t>(end)];
  }
  std::uint64_t Closed(SessionEnd end) const {
    return vitals_.sessions.closed[static_cast<std::size_t>(end)];
  }
  // How long the calls in flight have taken, by tool: "tool SECONDS", with a count if there are
  // several.
  std::vector<std::string> Ages() {
    observer_.Refresh(now_);
    std::vector<std::string> seen;
    for (const auto& [tool, ages] : vitals_.calls_in_flight) {
      const auto mean = std::llround(ages.sum() / static_cast<double>(ages.count()));
      seen.push_back(tool + " " + std::to_string(mean));
      if (ages.count() != 1) seen.back() += " x" + std::to_string(ages.count());
    }
    return seen;
  }
  std::uint64_t in_flight() const { return vitals_.operations_in_flight; }

  static constexpr std::size_t kBudget = 100'000;
  Time now_{std::chrono::hours(1000)};
  ObserverOptions options_;
  BodyBudget bodies_{.left = kBudget, .per_body = 20'000};
  ToolNames tools_;
  vitals::ServerVitals vitals_;
  Observer observer_{options_, bodies_, tools_, vitals_};
};

}  // namespace mcp_vitals::proxy
