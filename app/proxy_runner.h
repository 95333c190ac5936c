#pragma once

#include <memory>
#include <string>

#include "app/access_log.h"
#include "app/config.h"
#include "app/log.h"
#include "app/loop.h"
#include "proxy/proxy.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::app {

// The proxy at work, on a loop of its own.
class ProxyRunner {
 public:
  // Listening when it returns; null on failure, with `error` naming the address.
  static std::unique_ptr<ProxyRunner> Start(const ProxyConfig& config,
                                            const std::string& probe_token, const Log& log,
                                            std::string& error);
  ~ProxyRunner();  // cuts what goes on

  // What has been seen until now; null if the loop does not answer within a second. Any thread but
  // the loop's.
  std::shared_ptr<const vitals::ServerVitals> Snapshot();
  // Whether its drain is over; false if the loop does not answer. Any thread but the loop's.
  bool is_drained();
  // Begins the drain; again changes nothing. Any thread.
  void Drain() {
    loop_.Post([this] { proxy_->Drain(); });
  }
  const std::string& server() const { return server_; }
  Loop& loop() { return loop_; }
  std::uint16_t port() const { return proxy_->port(); }

 private:
  explicit ProxyRunner(std::string server) : server_(std::move(server)) {}
  const std::string server_;
  std::unique_ptr<AccessLog> access_log_;  // null: without
  Loop loop_;
  std::unique_ptr<proxy::Proxy> proxy_;  // lives on the loop
};

}  // namespace mcp_vitals::app
