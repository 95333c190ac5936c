#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/sample_mcp.h"

namespace mcp_vitals::app {

// A small, correct MCP server on 127.0.0.1 with two tools: `echo` {message}, and `add` {a, b},
// which answers structured content {sum}. It runs on a thread of its own and writes each answer at
// once. No authentication, no TLS, no batches, no streams of its own: for demos, tests and
// measurements.
class SampleServer {
 public:
  // Listens from here on; null on failure, with `error` saying why.
  static std::unique_ptr<SampleServer> Start(const SampleOptions& options, std::string& error);
  ~SampleServer();  // closes every connection

  std::uint16_t port() const;
  std::string url() const;  // of the MCP endpoint; `/health` is beside it
  SampleSessions sessions() const;

 private:
  struct Impl;
  explicit SampleServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::app
