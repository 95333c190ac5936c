#pragma once

#include <memory>
#include <vector>

#include "proxy/clock.h"

namespace mcp_vitals::proxy {

class Upstream;

// Connections to the server that carry nothing now. The one used last is used next, so that those
// beyond need grow old and are closed. One thread.
class Pool {
 public:
  // One that was open a moment ago; null if there is none.
  std::shared_ptr<Upstream> Take();
  void Give(std::shared_ptr<Upstream> upstream);
  void Forget(const Upstream& upstream);  // it has closed
  void CloseOld(Time now);
  void CloseAll();

 private:
  std::vector<std::shared_ptr<Upstream>> idle_;
};

}  // namespace mcp_vitals::proxy
