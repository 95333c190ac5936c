#pragma once

namespace mcp_vitals::app {

// Everything at once against the built-in sample server: shows one probe and where the metrics are,
// then goes on until SIGINT or SIGTERM; with `once` it ends there. The exit code.
int Demo(bool once);

}  // namespace mcp_vitals::app
