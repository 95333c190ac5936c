#include "probe/era_cache.h"

namespace mcp_vitals::probe {

namespace {

constexpr auto kGoodFor = std::chrono::hours(1);

std::size_t Hash(const std::string& endpoint) { return std::hash<std::string>{}(endpoint); }

}  // namespace

std::optional<Dialect> EraCache::Find(const std::string& endpoint, Clock::time_point now) const {
  const auto found = entries_.find(Hash(endpoint));
  if (found == entries_.end() || now - found->second.since > kGoodFor) return std::nullopt;
  return found->second.is_sure ? std::optional(found->second.dialect) : std::nullopt;
}

void EraCache::Remember(const std::string& endpoint, Dialect dialect, Clock::time_point now) {
  Put(Hash(endpoint), {dialect, now, true});
}

void EraCache::Suspect(const std::string& endpoint, Dialect dialect, Clock::time_point now) {
  const std::size_t key = Hash(endpoint);
  const auto found = entries_.find(key);
  const bool again =
      found != entries_.end() && !found->second.is_sure && found->second.dialect == dialect;
  Put(key, {dialect, now, again});
}

void EraCache::Put(std::size_t key, const Entry& entry) {
  // Any other endpoint makes room: the loss is that it is found out once more.
  if (entries_.size() >= kMaxEndpoints && !entries_.contains(key)) {
    entries_.erase(entries_.begin());
  }
  entries_.insert_or_assign(key, entry);
}

void EraCache::Forget(const std::string& endpoint) { entries_.erase(Hash(endpoint)); }

}  // namespace mcp_vitals::probe
