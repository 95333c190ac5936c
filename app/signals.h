#pragma once

#include <chrono>
#include <csignal>

namespace mcp_vitals::app {

// SIGHUP, SIGTERM and SIGINT as something to wait for. Make it before any thread, so that no thread
// takes them.
class Signals {
 public:
  Signals();
  // The next of them.
  int Wait() const;
  // Likewise; 0 if none comes in time.
  int Wait(std::chrono::milliseconds time) const;
  // From here on SIGTERM and SIGINT end the program as they would without this; SIGHUP does
  // nothing.
  void Release() const;

 private:
  sigset_t set_;
};

}  // namespace mcp_vitals::app
