#include "app/admin_client.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "net/listen.h"

namespace mcp_vitals::app {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr int kSeconds = 5;  // for each step
constexpr std::string_view kUnix = "unix:";
using Protocol = asio::generic::stream_protocol;

Parsed<Protocol::endpoint> EndpointOf(const std::string& address) {
  if (address.starts_with(kUnix)) {
    const std::string path = address.substr(kUnix.size());
    constexpr std::size_t kMaxPath = 100;
    if (path.empty() || path.size() > kMaxPath) {
      return Wrong{Quote(address) + " is not unix: and a path of at most 100 bytes"};
    }
    return Protocol::endpoint(asio::local::stream_protocol::endpoint(path));
  }
  const auto tcp = net::ParseListenAddress(address);
  if (!tcp)
    return Wrong{Quote(address) + " is no admin listener (allowed: unix:/path or address:port)"};
  return Protocol::endpoint(*tcp);
}

}  // namespace

Parsed<std::string> AskAdmin(const std::string& address, const std::string& verb) {
  const auto endpoint = EndpointOf(address);
  if (!endpoint) return endpoint.error();
  asio::io_context context;
  Protocol::socket socket(context);
  boost::system::error_code ec;
  socket.connect(*endpoint, ec);
  if (ec) return Wrong{"no sidecar answers at " + address + ": " + ec.message()};
  const timeval limit{kSeconds, 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  http::request<http::empty_body> request(http::verb::post, verb, 11);
  request.set(http::field::host, "localhost");
  request.prepare_payload();
  http::write(socket, request, ec);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> answer;
  if (!ec) http::read(socket, buffer, answer, ec);
  if (ec) return Wrong{"the sidecar at " + address + " did not answer: " + ec.message()};
  std::string body = answer.body();
  while (!body.empty() && body.back() == '\n') body.pop_back();
  if (answer.result() != http::status::ok) return Wrong{body};
  return body;
}

}  // namespace mcp_vitals::app
