#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <optional>
#include <string>

#include "tests/app/open_stream.h"
#include "tests/app/sample_requests.h"
#include "tests/app/sidecar_fixture.h"
#include "vitals/snapshot.h"

// What the tests of `/vitals` share.
namespace mcp_vitals::app {

using vitals::MemberState;
using vitals::Snapshot;

inline Snapshot Decoded(const HttpAnswer& answer) {
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, testing::HasSubstr("Content-Type: application/x-protobuf"));
  const auto snapshot = vitals::DecodeSnapshot(answer.body);
  EXPECT_TRUE(snapshot);
  return snapshot.value_or(Snapshot());
}

inline std::string Call(const std::string& id, const std::string& tool,
                        const std::string& arguments) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"tools/call","params":{"name":")" + tool +
         R"(","arguments":)" + arguments + "}}";
}

// Asks until the page says so; false after 30 s.
template <class Condition>
bool Becomes(std::uint16_t port, Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition(Decoded(Get(port, "/vitals")))) {
    if (std::chrono::steady_clock::now() > end) return false;
  }
  return true;
}

// Clients of a proxy in front of a sample server: one session with two streams and a call that goes
// on, one client of 2026-07-28 that listens, and some calls that have ended.
class Clients {
 public:
  explicit Clients(std::uint16_t port) : port_(port) {
    Ended(R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})");
    for (int i = 0; i < 3; ++i) Ended(Call("3", "add", R"({"a":1,"b":2})"));
    Ended(Call("4", "add", R"({"a":"x"})"));
    Ended(Call("5", "rm", "{}"));
    EXPECT_TRUE(first_.Reads("200 OK"));
    EXPECT_TRUE(second_.Reads("200 OK"));
    EXPECT_TRUE(listening_.Reads("200 OK"));
    waiting_.emplace(port_, PostText(Call("6", "wait", R"({"seconds":60})"), session_));
    EXPECT_TRUE(waiting_->Reads("200 OK"));
  }

 private:
  void Ended(const std::string& body) {
    EXPECT_NE(Ask(port_, PostText(body, "Connection: close\r\n" + session_)).status, 0);
  }
  std::string GetText() const {
    return "GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n" + session_ +
           "\r\n";
  }

  const std::uint16_t port_;
  const std::string session_ =
      "Mcp-Session-Id: " + SessionOf(Ask(port_, PostText(kInitialize, "Connection: close\r\n"))) +
      "\r\n";
  OpenStream first_{port_, GetText()};
  OpenStream second_{port_, GetText()};
  OpenStream listening_{port_, PostText(Modern("subscriptions/listen",
                                               R"("notifications":{"toolsListChanged":true},)"),
                                        ModernHeaders("subscriptions/listen"))};
  std::optional<OpenStream> waiting_;  // once the proxy knows the tool's name
};

class VitalsPageTest : public SidecarFixture {
 protected:
  std::string Proxy(const std::string& rest = "") const {
    return "proxy: {server: files, listen: '127.0.0.1:0', upstream: 'http://127.0.0.1:" +
           std::to_string(server_->port()) + "'" + rest + "}\n";
  }
  std::uint16_t proxy_port() const {
    const std::string url = sidecar_->proxy_url();
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  Snapshot Vitals(const std::string& query = "") const { return Decoded(Page("/vitals" + query)); }
  // With the state that a scaler leaves, as it is in the header.
  HttpAnswer Leave(const std::string& fleet, const std::string& header) const {
    return Get(port_, "/vitals?fleet=" + fleet, "Mcp-Vitals-Echo: " + header + "\r\n");
  }
};

}  // namespace mcp_vitals::app
