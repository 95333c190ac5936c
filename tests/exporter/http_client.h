#pragma once

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <cstdint>
#include <string>

// The plainest clients there are, so that a test sees every byte of an answer.
namespace mcp_vitals::exporter {

using boost::asio::ip::tcp;

// Everything that comes until the end of the connection.
template <class Stream>
std::string ReadToEnd(Stream& stream) {
  std::string answer;
  boost::system::error_code ec;
  boost::asio::read(stream, boost::asio::dynamic_buffer(answer), ec);
  return answer;
}

// `from`: the client's own address, of this machine.
inline tcp::socket ConnectTo(boost::asio::io_context& context, std::uint16_t port,
                             const char* from = "127.0.0.1") {
  tcp::socket socket(context, tcp::v4());
  socket.bind({boost::asio::ip::make_address(from), 0});
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  return socket;
}

// The answer to these bytes, whole.
inline std::string Ask(std::uint16_t port, const std::string& request,
                       const char* from = "127.0.0.1") {
  boost::asio::io_context context;
  tcp::socket socket = ConnectTo(context, port, from);
  boost::asio::write(socket, boost::asio::buffer(request));
  return ReadToEnd(socket);
}

inline std::string Get(std::uint16_t port, const std::string& target,
                       const std::string& headers = "") {
  return Ask(port, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
}

}  // namespace mcp_vitals::exporter
