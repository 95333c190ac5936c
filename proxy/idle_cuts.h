#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "proxy/clock.h"

namespace mcp_vitals::proxy {

// Finds an idle timer on the way (a load balancer's 60 s, 350 s, …): streams that end, not by their
// server, after the same silence again and again. One thread.
class IdleCuts {
 public:
  // A stream has ended, by its client or cut, when nothing had come for so long.
  void Add(double silence_seconds, Time now);
  // The silence in question: the middle one of those that agree. Nothing unless at least kAgree of
  // the last kKept, all of the last hour, and half of those, lie within 5 % of each other.
  std::optional<double> Find(Time now) const;

  static constexpr std::size_t kKept = 32;
  static constexpr std::size_t kAgree = 5;

 private:
  struct Cut {
    double silence = 0;
    Time at;
  };
  std::array<Cut, kKept> cuts_{};
  std::size_t added_ = 0;
};

}  // namespace mcp_vitals::proxy
