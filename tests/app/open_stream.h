#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "tests/support/raw_socket.h"

namespace mcp_vitals::app {

// A connection to loopback on which one request was sent, and whose answer is read as it comes.
// Every wait is bounded, as RawSocket's are.
class OpenStream {
 public:
  OpenStream(std::uint16_t port, const std::string& request) : socket_(Connect(port)) {
    socket_.Send(request);
  }
  // Reads until what has come holds `text`; false if the server closed or fell silent before.
  bool Reads(const std::string& text) {
    while (text_.find(text) == std::string::npos) {
      const std::string more = socket_.ReadSome();
      if (more.empty()) return false;
      text_ += more;
    }
    return true;
  }
  // The body's last chunk: the stream has ended properly.
  bool Ends() { return Reads("\r\n0\r\n\r\n"); }
  const std::string& text() const { return text_; }  // read until now
  support::RawSocket& socket() { return socket_; }

 private:
  static int Connect(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    return fd;
  }

  support::RawSocket socket_;
  std::string text_;
};

}  // namespace mcp_vitals::app
