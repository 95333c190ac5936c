#pragma once

#include <string>

namespace mcp_vitals::app {

struct DrainFlags {
  std::string admin = "unix:/run/mcp-vitals.sock";
  std::string timeout = "30s";
};

// The preStop hook: tells the sidecar to drain and waits until it has. The exit code: 0 nothing was
// lost, 1 streams or calls were cut or it took too long, 2 there is nothing to drain.
int DrainCommand(const DrainFlags& flags);

}  // namespace mcp_vitals::app
