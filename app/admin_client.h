#pragma once

#include <chrono>
#include <string>

#include "app/values.h"

namespace mcp_vitals::app {

// The body of the answer to `POST verb` at an admin listener ("unix:/path" or "127.0.0.1:port"), or
// why there is none. Blocks, for a few seconds at most.
Parsed<std::string> AskAdmin(const std::string& address, const std::string& verb);

}  // namespace mcp_vitals::app
