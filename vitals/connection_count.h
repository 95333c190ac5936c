#pragma once

#include <cstdint>
#include <optional>

namespace mcp_vitals::vitals {

// Who counts the connections of clients.
enum class ConnectionSource {
  kProxy,    // we do, in front of the server
  kApp,      // the server itself
  kSockets,  // the kernel
};

// What others than the proxy count now. Plain data.
struct ConnectionCount {
  ConnectionSource source = ConnectionSource::kProxy;
  std::optional<double> app_streams;       // live streams, by the server's own count
  std::optional<std::uint64_t> sockets;    // TCP connections to the server, by the kernel's
  std::optional<std::uint64_t> bypassing;  // TCP connections to the server past the proxy
};

}  // namespace mcp_vitals::vitals
