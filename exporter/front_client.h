#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

namespace mcp_vitals::exporter {

// A client's socket, the one its request goes on by, and the time left for what it does now.
struct FrontClient {
  using Socket = boost::asio::ip::tcp::socket;

  explicit FrontClient(Socket accepted)
      : socket(std::move(accepted)), http(socket.get_executor()), timer(socket.get_executor()) {}
  Socket& lowest() { return tls ? tls->next_layer() : socket; }
  void Close() {
    boost::system::error_code ignored;
    lowest().close(ignored);
    http.close(ignored);
    timer.cancel();
  }

  Socket socket;  // moved from once `tls` holds it
  std::optional<boost::asio::ssl::stream<Socket>> tls;
  Socket http;  // to the HTTP server
  boost::asio::steady_timer timer;
  unsigned limit = 0;  // which one the timer is for: a handler that comes late is for another
  bool timed_out = false;
};

}  // namespace mcp_vitals::exporter
