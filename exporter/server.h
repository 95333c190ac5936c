#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "exporter/http.h"
#include "exporter/self_vitals.h"
#include "exporter/web_config.h"

namespace mcp_vitals::exporter {

struct ServerOptions {
  std::string listen = "[::]:9788";  // "host:port"; "[::]" is dual stack; port 0 takes a free one
  WebConfig web;
  std::function<void(std::string_view)> log;  // complaints, one line each; from any thread
  SelfVitals* self = nullptr;                 // counts the limits hit; outlives the server
};

// The HTTP surface. A listener of ours accepts, ends TLS and waits for a whole request head; only
// then does civetweb, on loopback and on threads of its own, see the connection. So a client that
// stalls costs a socket and never a thread, and it is cut when it has stalled for long, or earlier
// when others need its place. One request per connection.
class Server {
 public:
  // Listens from here on; null on failure, with `error` naming the address or file at fault.
  static std::unique_ptr<Server> Start(ServerOptions options, Routes routes, std::string& error);
  ~Server();  // stops, after the answers under way (at most some seconds)

  std::uint16_t port() const;
  bool has_tls() const;
  std::string scheme() const { return has_tls() ? "https" : "http"; }
  // Takes effect from the next connection; false, and nothing changes, if TLS cannot be set up.
  // Certificate and key are read again whenever their files change, without this. Where TLS is
  // turned on or off, that part waits for a restart.
  bool SetWebConfig(WebConfig web, std::string& error);
  bool NeedsRestart(const WebConfig& web) const { return web.tls.has_value() != has_tls(); }

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::exporter
