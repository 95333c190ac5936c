#include "proxy/pool.h"

#include <algorithm>
#include <utility>

#include "proxy/upstream.h"

namespace mcp_vitals::proxy {

std::shared_ptr<Upstream> Pool::Take() {
  if (idle_.empty()) return nullptr;
  auto upstream = std::move(idle_.back());
  idle_.pop_back();
  return upstream;
}

void Pool::Give(std::shared_ptr<Upstream> upstream) { idle_.push_back(std::move(upstream)); }

void Pool::Forget(const Upstream& upstream) {
  std::erase_if(idle_, [&](const auto& idle) { return idle.get() == &upstream; });
}

void Pool::CloseOld(Time now) {
  const auto closed = std::partition(idle_.begin(), idle_.end(), [now](const auto& upstream) {
    return upstream->usable_until() > now;
  });
  for (auto upstream = closed; upstream != idle_.end(); ++upstream) (*upstream)->Close();
  idle_.erase(closed, idle_.end());
}

void Pool::CloseAll() { CloseOld(Time::max()); }

}  // namespace mcp_vitals::proxy
