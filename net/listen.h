#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "net/async.h"

namespace mcp_vitals::net {

using TcpAcceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

// "127.0.0.1:9788", "[::]:9788" or ":9788" (all addresses); nothing for anything else.
std::optional<asio::ip::tcp::endpoint> ParseListenAddress(std::string_view text);

// Opens, binds and listens; "[::]" is dual stack. False on failure, with `error` naming the
// address. For acceptors of any executor.
template <class Acceptor>
bool Listen(Acceptor& acceptor, const std::string& listen, std::string& error) {
  const auto endpoint = ParseListenAddress(listen);
  if (!endpoint) {
    error = "listen address \"" + listen + "\" is not \"address:port\" or \"[address]:port\"";
    return false;
  }
  boost::system::error_code ec;
  acceptor.open(endpoint->protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec && endpoint->address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), ec);
  if (!ec) acceptor.bind(*endpoint, ec);
  if (!ec) acceptor.listen(1024, ec);
  if (ec) error = "cannot listen on " + listen + ": " + ec.message();
  return !ec;
}

// An address as text; of IPv4 mapped into IPv6, the IPv4.
std::string PlainAddress(const asio::ip::address& address);

}  // namespace mcp_vitals::net
