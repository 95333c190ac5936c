#include "tests/app/http.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>

namespace mcp_vitals::app {

namespace {

namespace asio = boost::asio;

// A body in chunks, put together.
std::string Unchunked(const std::string& body) {
  std::string whole;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find("\r\n", at);
    const std::size_t size = std::strtoul(body.c_str() + at, nullptr, 16);
    if (end == std::string::npos || size == 0) break;
    whole += body.substr(end + 2, size);
    at = end + 2 + size + 2;
  }
  return whole;
}

template <class Protocol>
HttpAnswer Exchange(const typename Protocol::endpoint& endpoint, const std::string& request) {
  asio::io_context context;
  typename Protocol::socket socket(context);
  boost::system::error_code error;
  HttpAnswer answer;
  socket.connect(endpoint, error);
  if (error) return answer;
  asio::write(socket, asio::buffer(request), error);
  std::string text;
  asio::read(socket, asio::dynamic_buffer(text), error);
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return answer;
  answer.head = text.substr(0, end);
  answer.body = text.substr(end + 4);
  const bool chunked = answer.head.find("ransfer-Encoding: chunked") != std::string::npos;
  if (chunked) answer.body = Unchunked(answer.body);
  answer.status = std::atoi(text.substr(text.find(' ') + 1, 3).c_str());
  return answer;
}

}  // namespace

HttpAnswer Ask(std::uint16_t port, const std::string& request) {
  return Exchange<asio::ip::tcp>({asio::ip::address_v4::loopback(), port}, request);
}

HttpAnswer Get(std::uint16_t port, const std::string& target, const std::string& headers) {
  return Ask(port, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                       headers + "\r\n");
}

HttpAnswer PostUnix(const std::string& socket_path, const std::string& target) {
  return Exchange<asio::local::stream_protocol>(
      socket_path, "POST " + target +
                       " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                       "Connection: close\r\n\r\n");
}

std::string Sample(const std::string& metrics, const std::string& name_and_labels) {
  const std::string line = "\n" + name_and_labels + " ";
  const std::size_t at = metrics.find(line);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + line.size();
  return metrics.substr(begin, metrics.find('\n', begin) - begin);
}

}  // namespace mcp_vitals::app
