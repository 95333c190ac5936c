#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <vector>

#include "net/async.h"
#include "net/connection.h"

namespace mcp_vitals::net {

// Connects to the first of `addresses` that answers (RFC 8305: families interleaved, the next one
// after 250 ms or as soon as one fails; the others are closed). Nagle's algorithm is off.
// `trace.address` becomes the one that was used or last tried, `trace.detail` what each said.
// Errors: kRefused when all refused, kConnectFailed, kTimeout.
Task<Result<TcpSocket>> Connect(Executor executor, std::vector<asio::ip::address> addresses,
                                std::uint16_t port, Deadline deadline, DialTrace& trace);

// The order in which to try them: as given, but alternating between the families.
std::vector<asio::ip::address> Interleave(std::vector<asio::ip::address> addresses);

}  // namespace mcp_vitals::net
