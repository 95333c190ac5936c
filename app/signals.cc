#include "app/signals.h"

namespace mcp_vitals::app {

Signals::Signals() {
  sigemptyset(&set_);
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

int Signals::Wait() const {
  int signal = 0;
  while (sigwait(&set_, &signal) != 0) {
  }
  return signal;
}

void Signals::Release() const {
  sigset_t ends = set_;
  sigdelset(&ends, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &ends, nullptr);
}

}  // namespace mcp_vitals::app
