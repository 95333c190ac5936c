#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <vector>

#include "net/async.h"

namespace mcp_vitals::net {

// Looks up the addresses of `host` (A and AAAA, sorted by RFC 6724), asynchronously through c-ares:
// no thread waits, no lookup waits for another, and the deadline holds exactly. `server` is the DNS
// server to ask ("10.0.0.10" or "[::1]:5353"); "" means what the system is configured with. A host
// that is an address is answered at once.
// Runs on the io_context of the awaiting coroutine. Errors: kNameNotFound, kNameLookupFailed,
// kTimeout.
Task<Result<std::vector<asio::ip::address>>> Lookup(std::string host, std::string server,
                                                    Deadline deadline);

}  // namespace mcp_vitals::net
