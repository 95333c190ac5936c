#pragma once

#include <cstdint>
#include <optional>

#include "app/config.h"
#include "app/log.h"
#include "vitals/connection_count.h"
#include "vitals/saturation_vitals.h"

namespace mcp_vitals::app {

// The port that the proxy's upstream has in this network namespace; nothing when there is no proxy,
// or its server is elsewhere.
std::optional<std::uint16_t> PortBehindProxy(const Config& config);

// What the server and the kernel count now, as `config` says; of `behind_proxy` who comes past the
// proxy. Asks the kernel: some milliseconds for thousands of connections. Any thread.
vitals::ConnectionCount CountConnections(const Config& config,
                                         const vitals::SaturationReport& saturation,
                                         std::optional<std::uint16_t> behind_proxy);

// Says in the log when the kernel cannot be asked for what `config` wants, or nobody listens there.
void CheckSockets(const Config& config, const Log& log);

}  // namespace mcp_vitals::app
