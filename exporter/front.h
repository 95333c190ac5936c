#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "exporter/self_vitals.h"
#include "net/tls_server.h"

namespace mcp_vitals::exporter {

// The listener that clients see. It ends TLS, waits for a whole request head within bounds, and
// only then passes the connection on to the HTTP server behind it, one request each. A client that
// stalls costs a socket here and no thread there. One thread of its own.
class Front {
 public:
  struct Options {
    std::string listen;                            // "host:port", "[::]:port" is dual stack
    std::unique_ptr<net::ReloadingTlsServer> tls;  // null: plain HTTP
    SelfVitals* self = nullptr;                    // may be null
  };
  // Binds; connections wait until Serve. Null on failure, with `error` naming the address.
  static std::unique_ptr<Front> Bind(Options options, std::string& error);
  ~Front();  // stops, if it has not been

  void Serve(std::uint16_t http_port);
  // Accepts no more, and waits some seconds at most for those that are being answered.
  void Stop();
  std::uint16_t port() const;
  // Whether a connection from this local port is one of ours to the HTTP server. Any thread.
  bool IsOurs(std::uint16_t port) const;
  void SetTls(std::unique_ptr<net::ReloadingTlsServer> tls);  // from the next connection on

  struct Impl;

 private:
  explicit Front(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::exporter
