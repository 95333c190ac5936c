#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "exporter/http.h"
#include "exporter/web_config.h"

namespace mcp_vitals::exporter {

struct ServerOptions {
  std::string listen = "[::]:9788";  // "host:port"; "[::]" is dual stack; port 0 takes a free one
  WebConfig web;
  std::function<void(std::string_view)> log;  // civetweb's complaints, one line each
};

// The HTTP surface: civetweb on threads of its own, behind our own TLS listener when the web
// configuration asks for TLS. Stalled clients are cut by time-outs and can't starve a scrape.
class Server {
 public:
  // Listens from here on; null on failure, with `error` naming the address or file at fault.
  static std::unique_ptr<Server> Start(ServerOptions options, Routes routes, std::string& error);
  ~Server();  // stops, after the answers under way

  std::uint16_t port() const;
  std::string scheme() const;  // "http" or "https"
  // Takes effect from the next connection; false, and nothing changes, if TLS cannot be set up.
  // Turning TLS on or off needs a restart and is refused with an error that says so.
  bool SetWebConfig(WebConfig web, std::string& error);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::exporter
