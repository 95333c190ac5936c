#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/log.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::app {

// The program at work: probes targets, serves what was seen, follows its configuration file.
//
// Threads: the probe loop (an io_context for all that waits on the network), the control loop
// (another, for the file watch and reloads), and those of the HTTP servers.
class Sidecar {
 public:
  // Listening and probing when it returns; null if anything cannot be had, with `error` naming the
  // key at fault. `log` outlives it.
  static std::unique_ptr<Sidecar> Start(std::shared_ptr<const Config> config, const Log& log,
                                        std::string& error);
  // Stops: no new probes, those under way end and clean up, then the listeners close.
  ~Sidecar();

  // Reads the configuration file again and goes on with it, or with the old one if there are
  // errors, which are returned. From any thread but the sidecar's own.
  std::vector<std::string> Reload();

  // Begins the proxy's drain, if there is a proxy; probes and pages go on.
  void Drain();
  // Or there is nothing to drain. False if the proxy does not answer within a second.
  bool is_drained() const;
  // Whether /metrics was read after the drain, so that what it counted is known.
  bool scraped_drained() const;

  // No new probes; those under way end and clean up before it returns. The pages go on. Again
  // changes nothing; not beside Reload.
  void EndProbes();

  std::string url() const;  // of the HTTP surface, for people on this machine
  // Where the proxy listens, on loopback; without a path, and "" without a proxy.
  std::string proxy_url() const;
  // What the proxy has seen until now; null without a proxy, or if it does not answer within a
  // second.
  std::shared_ptr<const vitals::ServerVitals> Snapshot() const;
  // By which the proxy knows a probe of ours, which it counts nowhere else.
  const std::string& probe_token() const;

 private:
  struct Impl;
  explicit Sidecar(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::app
