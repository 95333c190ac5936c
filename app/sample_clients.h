#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace mcp_vitals::app {

struct SampleClientOptions {
  // Of a user between two calls, give or take half of it.
  std::chrono::milliseconds pause = std::chrono::milliseconds(1500);
};

// What the users themselves have counted.
struct SampleTally {
  std::uint64_t users = 0;
  std::uint64_t sessions = 0;         // open now
  std::uint64_t sessions_opened = 0;  // ever
  std::uint64_t streams = 0;          // held now, their first event seen
  // Calls of tools, by how they ended. A call that was given up, or whose connection broke, may or
  // may not have been answered.
  std::uint64_t succeeded = 0, tool_errors = 0, rpc_errors = 0, given_up = 0;

  std::uint64_t answered() const { return succeeded + tool_errors + rpc_errors; }
};

// A handful of users of an MCP server that serves both eras and the sample server's tools, for as
// long as this lives: each holds a stream (in the legacy era a GET with a session, in the modern
// one subscriptions/listen) and calls tools at a human pace. One is clumsy, and one goes away and
// comes back. They share one thread of their own, and come back after a failure, too.
class SampleClients {
 public:
  // `url` is an MCP endpoint, http://ADDRESS:PORT/PATH.
  explicit SampleClients(const std::string& url, const SampleClientOptions& options = {});
  ~SampleClients();  // as Leave

  // Sends everybody home: ends every stream, and every session by DELETE; within some 2 s if the
  // server does not answer. What they have counted in all.
  SampleTally Leave();

  // Until everybody is there: holds a stream and has called a tool. False if that takes longer than
  // `time`. This and what follows: from any thread but their own.
  bool WaitUntilAllAreThere(std::chrono::milliseconds time) const;
  SampleTally tally() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::app
