#pragma once

#include <cstddef>

#include "proxy/clock.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

struct Core;

// The way out of a rolling update that loses nothing. First a lame duck, which serves as ever while
// the cluster takes this pod out of its endpoints. Then nothing new that lasts is let in, streams
// are ended properly, one by one over most of the time that is left, so that their clients do not
// all connect again at once, and calls finish. What remains at the end is cut and counted. One
// thread.
class Drain {
 public:
  explicit Drain(Core& core) : core_(core) {}
  void Begin(Time now);  // once; again changes nothing
  void Tick(Time now);   // each 100 ms or so

 private:
  void EndStreams(Time now);
  void CutAll(Time now);
  std::size_t CountBusy() const;  // clients with an exchange under way, or a tunnel
  void Become(vitals::DrainState state);

  Core& core_;
  Time began_;
  Time draining_since_;
  std::size_t to_end_ = 0;  // streams that were live when the draining began
  std::size_t ended_ = 0;   // of them, until now
};

}  // namespace mcp_vitals::proxy
