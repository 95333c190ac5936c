#pragma once

#include <boost/asio/ip/address.hpp>

#include "vitals/probe_result.h"

namespace mcp_vitals::probe {

// Loopback; private (RFC 1918, RFC 6598, link-local, unique local); everything else is public. An
// IPv4 address mapped into IPv6 is judged as IPv4.
vitals::AddressScope ScopeOf(const boost::asio::ip::address& address);

}  // namespace mcp_vitals::probe
