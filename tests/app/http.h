#pragma once

#include <cstdint>
#include <string>

namespace mcp_vitals::app {

struct HttpAnswer {
  int status = 0;  // 0: no answer
  std::string head;
  std::string body;
};

// One request on a new connection to loopback, read to the end of the connection.
HttpAnswer Ask(std::uint16_t port, const std::string& request);
HttpAnswer Get(std::uint16_t port, const std::string& target, const std::string& headers = "");
// POST without a body to a Unix socket.
HttpAnswer PostUnix(const std::string& socket_path, const std::string& target);

// The value of a sample in Prometheus' text format, as written; "" if there is none.
std::string Sample(const std::string& metrics, const std::string& name_and_labels);

}  // namespace mcp_vitals::app
