#pragma once

#include <cstdint>
#include <vector>

#include "net/connection_impl.h"
#include "net/resolver.h"

namespace mcp_vitals::net {

// Connects `connection.socket` to the first of `addresses` that answers, by the deadline that
// guards the connection (RFC 8305: families interleaved, the next one after 250 ms or as soon as
// one fails; the others are closed). Nagle's algorithm is off. `trace.address` becomes the one that
// was used or last tried, `trace.detail` what each said.
// Errors: kRefused when all refused, kNoDescriptors, kConnectFailed, kTimeout.
Task<Result<void>> ConnectToAny(Connection::Impl& connection, Addresses addresses,
                                std::uint16_t port, DialTrace& trace);

// The order in which to try them: as given, but alternating between the families.
Addresses Interleave(const Addresses& addresses);

}  // namespace mcp_vitals::net
