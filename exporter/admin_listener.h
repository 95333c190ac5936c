#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "exporter/http.h"

namespace mcp_vitals::exporter {

// The verbs that change something (`POST /-/reload`), on a Unix socket or a loopback address only.
class AdminListener {
 public:
  // `listen`: "unix:/path" (mode 0600; a stale socket is replaced, a live one is an error) or
  // "127.0.0.1:port". Null on failure, with `error` saying why.
  static std::unique_ptr<AdminListener> Start(const std::string& listen, Routes post_routes,
                                              std::string& error);
  ~AdminListener();
  std::string address() const;  // as bound
  // Calls `done` on the listener's thread, where every request goes through. From any thread.
  void Ping(std::function<void()> done);
  // No more requests; waits for the verb under way. Final.
  void Stop();

 private:
  struct Impl;
  explicit AdminListener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::exporter
