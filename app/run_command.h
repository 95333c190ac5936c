#pragma once

#include <string>

namespace mcp_vitals::app {

// The flags of `mcp-vitals run`, as written.
struct RunFlags {
  std::string config;
  bool check_config = false;
  std::string log_level = "info";
  std::string log_format = "logfmt";
};

// Runs until SIGTERM or SIGINT; reloads on SIGHUP. 0 after a graceful stop, 2 if anything about the
// command line or the configuration is wrong.
int RunCommand(const RunFlags& flags);

}  // namespace mcp_vitals::app
