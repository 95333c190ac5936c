#include "app/connection_count.h"

#include <boost/asio/ip/address.hpp>
#include <string>

#include "net/sock_diag.h"

namespace mcp_vitals::app {

namespace {

// A port where nobody listens is not the server's, or not in this network namespace: its 0 would
// say nothing.
std::optional<std::uint64_t> ForeignConnections(std::uint16_t port) {
  const auto use = net::UseOfPort(port);
  if (!use || !use->listening) return std::nullopt;
  return use->foreign;
}

}  // namespace

std::optional<std::uint16_t> PortBehindProxy(const Config& config) {
  if (!config.proxy) return std::nullopt;
  const proxy::Settings& settings = config.proxy->settings;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(settings.upstream_host, error);
  const bool local = error ? settings.upstream_host == "localhost" : address.is_loopback();
  if (!local) return std::nullopt;
  return settings.upstream_port;
}

vitals::ConnectionCount CountConnections(const Config& config,
                                         const vitals::SaturationReport& saturation,
                                         std::optional<std::uint16_t> behind_proxy) {
  vitals::ConnectionCount count;
  count.source = config.connections.from;
  if (saturation.figures) count.app_streams = saturation.figures->active_streams;
  if (count.source == vitals::ConnectionSource::kSockets) {
    count.sockets = ForeignConnections(config.connections.port);
  }
  if (behind_proxy) count.bypassing = ForeignConnections(*behind_proxy);
  return count;
}

void CheckSockets(const Config& config, const Log& log) {
  if (config.connections.from != vitals::ConnectionSource::kSockets) return;
  const std::uint16_t port = config.connections.port;
  const auto use = net::UseOfPort(port);
  if (use && use->listening) return;
  log.Warn("connections cannot be counted by their sockets now",
           {{"port", std::to_string(port)},
            {"detail", use ? "nobody listens on this port in this network namespace"
                           : use.error().message()}});
}

}  // namespace mcp_vitals::app
