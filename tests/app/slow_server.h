#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "tests/support/raw_server.h"

namespace mcp_vitals::app {

// A legacy server that opens sessions, ends them, and never says what tools it has.
class SlowServer {
 public:
  std::string url() const { return "http://" + server_.Authority() + "/mcp"; }
  bool deleted() const { return deleted_; }
  // Waits until it was asked for its tools.
  bool WaitUntilAsked() const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!asked_ && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return asked_;
  }

 private:
  void Serve(support::RawSocket& socket) {
    for (std::string request = socket.ReadRequest(); !request.empty();
         request = socket.ReadRequest()) {
      if (request.starts_with("DELETE")) {
        deleted_ = true;
        socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      } else if (request.find("\"initialize\"") != std::string::npos) {
        const std::string id = request.substr(request.find("\"id\":") + 5);
        const std::string body = "{\"jsonrpc\":\"2.0\",\"id\":" + id.substr(0, id.find(',')) +
                                 ",\"result\":{\"protocolVersion\":\"2025-11-25\","
                                 "\"capabilities\":{},\"serverInfo\":{\"name\":\"s\","
                                 "\"version\":\"1\"}}}";
        socket.Send(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: s1\r\n"
            "Content-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body);
      } else if (request.find("notifications/") != std::string::npos) {
        socket.Send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
      } else {
        asked_ = true;
      }
    }
  }

  std::atomic<bool> asked_{false};
  std::atomic<bool> deleted_{false};
  support::RawServer server_{[this](support::RawSocket& socket) { Serve(socket); }};
};

}  // namespace mcp_vitals::app
