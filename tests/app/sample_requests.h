#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "app/sample_server.h"
#include "mcp/json_pointer.h"
#include "tests/app/http.h"

// What the tests of the sample server ask it.
namespace mcp_vitals::app {

inline constexpr char kVersionMeta[] =
    R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"})";
inline constexpr char kInitialize[] =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})";

inline std::unique_ptr<SampleServer> StartSample(const SampleOptions& options = {}) {
  std::string error;
  auto server = SampleServer::Start(options, error);
  EXPECT_NE(server, nullptr) << error;
  return server;
}

// `headers` are lines.
inline std::string PostText(const std::string& body, const std::string& headers = "") {
  return "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
         "Accept: application/json, text/event-stream\r\n" +
         headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline HttpAnswer Post(const SampleServer& server, const std::string& body,
                       const std::string& headers = "") {
  return Ask(server.port(), PostText(body, "Connection: close\r\n" + headers));
}

inline std::string Modern(const std::string& method, const std::string& params = "") {
  return R"({"jsonrpc":"2.0","id":"x","method":")" + method + R"(","params":{)" + params +
         kVersionMeta + "}}";
}
inline std::string ModernHeaders(const std::string& method, const std::string& more = "") {
  return "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: " + method + "\r\n" + more;
}

inline std::string Find(const std::string& json, const std::string& pointer) {
  const auto value = mcp::FindJson(json, pointer);
  return value && *value ? (*value)->scalar : "";
}

inline std::string SessionOf(const HttpAnswer& answer) {
  const std::string name = "Mcp-Session-Id: ";
  const std::size_t at = answer.head.find(name);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size();
  return answer.head.substr(begin, answer.head.find("\r\n", at) - begin);
}

}  // namespace mcp_vitals::app
