#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/async.h"
#include "proxy/operation_record.h"
#include "proxy/settings.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

// The inside view: a reverse proxy in front of one MCP server, which passes on what it does not
// understand as it came, and writes down what it does. It lives on the one thread of its
// io_context; the functions here may be called from that thread alone, but for those that say
// otherwise.
class Proxy {
 public:
  // Listens from here on; null on failure, with `error` naming the address. `context` outlives it.
  static std::unique_ptr<Proxy> Start(boost::asio::io_context& context, Settings settings,
                                      std::string& error);
  // After Stop has told that all has ended, or when the context runs no more.
  ~Proxy();

  // Who is told of each operation that has ended, on the proxy's thread; our own probes' excepted.
  void SetRecorder(std::function<void(const OperationRecord&)> record);
  std::uint16_t port() const;  // any thread
  // What has been seen until now: a copy.
  vitals::ServerVitals Snapshot();
  // Begins the drain of Settings::drain; Snapshot tells how far it is. Again changes nothing.
  void Drain();
  // Accepts no more and cuts what goes on.
  void Stop();

 private:
  struct Impl;
  explicit Proxy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::proxy
