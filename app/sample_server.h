#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "app/sample_mcp.h"

namespace mcp_vitals::app {

// A small, correct MCP server on 127.0.0.1 with three tools: `echo` {message}; `add` {a, b}, which
// answers structured content {sum}; and `wait` {seconds}, which is slow and reports its progress on
// the stream of its answer. A legacy session may hold streams by GET, a modern client by
// subscriptions/listen. It runs on a thread of its own and writes each answer at once. No
// authentication, no TLS, no batches, no resumption: for demos, tests and measurements.
class SampleServer {
 public:
  // Listens from here on; null on failure, with `error` saying why.
  static std::unique_ptr<SampleServer> Start(const SampleOptions& options, std::string& error);
  ~SampleServer();  // ends every stream, and closes every connection

  std::uint16_t port() const;
  std::string url() const;  // of the MCP endpoint; `/health` is beside it
  // From any thread.
  SampleSessions sessions() const;
  std::size_t streams() const;  // live, those that answer a slow call included

 private:
  struct Impl;
  explicit SampleServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::app
