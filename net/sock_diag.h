#pragma once

#include <cstddef>
#include <cstdint>

#include "net/async.h"

namespace mcp_vitals::net {

// What the kernel knows of a TCP port in this network namespace.
struct PortUse {
  bool listening = false;
  // Established connections to it that no socket of this process is the other end of.
  std::size_t foreign = 0;
};

// Asks the kernel by netlink (sock_diag(7)), IPv4 and IPv6, with a filter that runs in the kernel:
// of other ports' sockets nothing is copied. Needs no privilege. A connection counts when it is
// seen twice in a row, so that one of ours which comes or goes meanwhile is not taken for
// another's. Takes some milliseconds per thousand connections, and waits for nobody. Errors: the
// system's (the kernel or a sandbox may not offer it). Any thread.
Result<PortUse> UseOfPort(std::uint16_t port);

}  // namespace mcp_vitals::net
