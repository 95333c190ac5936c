#include "probe/era_cache.h"

namespace mcp_vitals::probe {

namespace {
constexpr auto kGoodFor = std::chrono::hours(1);
}  // namespace

std::optional<Dialect> EraCache::Find(const std::string& endpoint, Clock::time_point now) const {
  const auto found = entries_.find(endpoint);
  if (found == entries_.end() || now - found->second.since > kGoodFor) return std::nullopt;
  return found->second.dialect;
}

void EraCache::Remember(const std::string& endpoint, Dialect dialect, Clock::time_point now) {
  // Any other endpoint makes room: the loss is that it is found out once more.
  if (entries_.size() >= kMaxEndpoints && !entries_.contains(endpoint)) {
    entries_.erase(entries_.begin());
  }
  entries_[endpoint] = {dialect, now};
}

void EraCache::Forget(const std::string& endpoint) { entries_.erase(endpoint); }

}  // namespace mcp_vitals::probe
