#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "tests/support/raw_socket.h"

namespace mcp_vitals::support {

// A TCP server on a free port of loopback that plays a script to each connection, each on a thread
// of its own. When a script returns its connection is closed, unless the script did that otherwise.
//
//   RawServer server([](RawSocket& socket) {
//     socket.ReadRequest();
//     socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
//   });
class RawServer {
 public:
  using Script = std::function<void(RawSocket& socket)>;
  struct Options {
    std::shared_ptr<SSL_CTX> tls;  // the script begins after a good handshake
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
  };

  explicit RawServer(Script script);
  RawServer(Script script, Options options);
  // Interrupts the scripts under way and waits for them.
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string Authority() const;                    // "127.0.0.1:1234", "[::1]:1234"
  int connections() const { return connections_; }  // accepted so far
  int open() const { return open_; }                // whose script has not ended

 private:
  struct Session;
  void Accept();
  void Serve(Session& session);

  Script script_;
  Options options_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<int> open_{0};
  std::atomic<bool> stopping_{false};
  std::list<Session> sessions_;  // the acceptor's, and after it the destructor's
  std::thread acceptor_;
};

// A port of 127.0.0.1 that refuses connections for as long as this lives.
class RefusedPort {
 public:
  explicit RefusedPort(const std::string& address = "127.0.0.1");
  ~RefusedPort();
  RefusedPort(const RefusedPort&) = delete;
  RefusedPort& operator=(const RefusedPort&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;  // before what sets it
  int fd_;
};

// A port on which connecting hangs: it listens, its queue is full, and nobody accepts, so the
// kernel drops what comes.
class HangingPort {
 public:
  explicit HangingPort(const std::string& address = "127.0.0.1", std::uint16_t port = 0);
  ~HangingPort();
  HangingPort(const HangingPort&) = delete;
  HangingPort& operator=(const HangingPort&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;  // before what sets it
  int listener_;
  std::list<int> fillers_;
};

}  // namespace mcp_vitals::support
