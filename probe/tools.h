#pragma once

#include <optional>
#include <vector>

#include "mcp/manifest.h"
#include "mcp/version.h"
#include "probe/channel.h"

namespace mcp_vitals::probe {

// Lists all tools, page after page, into `tools`; then compares them with what the target expects.
// False on failure, which is recorded.
net::Task<bool> ListTools(Run& run, Channel& channel, mcp::Version version,
                          std::vector<mcp::Tool>& tools);

// Calls the target's canary, if it has one, and holds the result against its expectation.
net::Task<bool> CallCanary(Run& run, Channel& channel, mcp::Version version,
                           const std::vector<mcp::Tool>& tools);

// The headers that go with one request of the modern era; none in the legacy one.
Headers RequestHeaders(mcp::Version version, std::string_view method, std::string_view name);

}  // namespace mcp_vitals::probe
