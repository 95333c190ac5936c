#pragma once

#include <string>
#include <vector>

#include "app/config.h"

namespace mcp_vitals::app {

// What the program keeps from its start on, of the keys that do not reload live. The rest of that
// configuration may be large, and is let go.
struct RestartKeys {
  std::string listen, admin_listen, probe_token;
  std::string proxy, scaler;  // as YAML
};

RestartKeys RestartKeysOf(const Config& config);

// The keys, as the file has them, by which the two differ.
std::vector<std::string> Differences(const RestartKeys& running, const RestartKeys& wanted);

}  // namespace mcp_vitals::app
