#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/log.h"

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

  std::string url() const;  // of the HTTP surface, for people on this machine

 private:
  struct Impl;
  explicit Sidecar(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::app
