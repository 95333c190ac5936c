#include "app/signals.h"

#include <algorithm>

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

int Signals::Wait(std::chrono::milliseconds time) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const timespec limit{seconds.count(), std::chrono::nanoseconds(time - seconds).count()};
  return std::max(0, sigtimedwait(&set_, nullptr, &limit));
}

void Signals::Release() const {
  sigset_t ends = set_;
  sigdelset(&ends, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &ends, nullptr);
}

}  // namespace mcp_vitals::app
