#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "exporter/http.h"

namespace mcp_vitals::exporter {

// One thing that must still be alive inside this process: `ping` starts a job there and calls
// `done`, from any thread, when it has run; `done` may come late or never.
struct Pulse {
  std::string name;  // "probe loop", "resolver"
  std::function<void(std::function<void()> done)> ping;
};

// /-/healthy: 200 when every pulse answers within `timeout`, else 503 and the names of those that
// did not. Says nothing about MCP servers. A hung pulse costs no thread and no memory beyond its
// one outstanding ping.
Handler HealthyHandler(std::vector<Pulse> pulses,
                       std::chrono::milliseconds timeout = std::chrono::seconds(1));

// One check of /-/ready, asked at each request.
struct ReadyCheck {
  std::string name;
  struct Verdict {
    bool ready = false;
    std::string why;
  };
  std::function<Verdict()> ask;
};
// 200 or 503, and {"ready":bool,"checks":[{"name","ready","why"}]}.
Handler ReadyHandler(std::vector<ReadyCheck> checks);

}  // namespace mcp_vitals::exporter
