#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/async.h"

namespace mcp_vitals::net {

using Addresses = std::vector<asio::ip::address>;

// "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; nothing for a name.
std::optional<asio::ip::address> ParseAddress(const std::string& text);

// A name of this machine, for which no DNS server is to be asked (RFC 6761, section 6.3).
bool IsLocalhost(std::string_view host);

// Looks up the addresses of `host` (AAAA and A, IPv6 first, each sorted by RFC 6724),
// asynchronously through c-ares: no thread waits, no lookup waits for another, and the deadline
// holds exactly. Once one family has addresses, the other has 50 ms left (RFC 8305, section 3):
// some DNS servers never answer for AAAA. `server` is the DNS server to ask ("10.0.0.10" or
// "[::1]:5353"), and then nothing else is; "" means what the system is configured with, its hosts
// file first. A host that is an address is answered at once. Runs on the io_context of the awaiting
// coroutine. Errors: kNameNotFound, kNameLookupFailed, kTimeout.
Task<Result<Addresses>> Lookup(std::string host, std::string server, Deadline deadline);

}  // namespace mcp_vitals::net
