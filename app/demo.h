#pragma once

namespace mcp_vitals::app {

// Everything at once against the built-in sample server: the proxy before it, sample clients and
// probes that go through the proxy. Shows one probe, what the proxy sees, and where the pages are,
// then goes on until SIGINT or SIGTERM; with `once` it ends there. The exit code: 0 if the probe
// found the server healthy, 1 if not or if nothing could be started.
int Demo(bool once);

}  // namespace mcp_vitals::app
