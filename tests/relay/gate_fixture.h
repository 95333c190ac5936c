#pragma once

#include "tests/relay/relay.h"

namespace mcp_vitals::relay {

inline constexpr std::string_view kResult = R"({"jsonrpc":"2.0","id":1,"result":{}})";

inline std::string Call(const std::string& tool) {
  return PostJson(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" + tool +
                  "\"}}");
}

class GateTest : public RelayTest {
 protected:
  GateTest() {
    settings_.admission.max_in_flight = 1;
    settings_.admission.queue_timeout = std::chrono::minutes(1);
  }
  // Answers each call when `go_on` happens; the first one is under way when it returns.
  ClientEnd StartWithOneUnderWay(Event& go_on) {
    StartWaiting(go_on);
    ClientEnd first = Connect();
    first.Send(Call("slow"));
    WaitUntil([this] { return requests().size() == 1; }, "the first call at the server");
    return first;
  }
  void StartWaiting(Event& go_on) {
    Start([&](RawSocket& socket) {
      while (!Receive(socket).empty()) {
        if (!go_on.Wait()) return;
        socket.Send(JsonOk());
      }
    });
  }
  static std::string JsonOk() {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(kResult.size()) + "\r\n\r\n" + std::string(kResult);
  }
};

}  // namespace mcp_vitals::relay
