#include "probe/plan.h"

#include <algorithm>
#include <unordered_set>

namespace mcp_vitals::probe {

namespace {

constexpr std::chrono::milliseconds kSpread{200};
constexpr int kJitterPercent = 3;
constexpr std::chrono::minutes kStarting{5};

// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
std::uint64_t Next(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

}  // namespace

void Plan::Configure(const Schedule& schedule, const std::vector<std::string>& names, Time now) {
  schedule_ = schedule;
  schedule_.interval = std::max(schedule_.interval, std::chrono::milliseconds(1));
  const std::unordered_set<std::string_view> wanted(names.begin(), names.end());
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto entry = at++;
    if (wanted.contains(entry->first)) {
      entry->second.gone = false;
      const Time latest = now + schedule_.interval;
      if (!entry->second.under_way && entry->second.next > latest) {
        queue_.erase({entry->second.next, &entry->first});
        entry->second.slot = latest;
        Enqueue(entry, latest);
      }
    } else if (entry->second.under_way) {
      entry->second.gone = true;
    } else {
      queue_.erase({entry->second.next, &entry->first});
      entries_.erase(entry);
    }
  }
  Add(names, now);
}

// In a random order, each in a stretch of its own.
void Plan::Add(const std::vector<std::string>& names, Time now) {
  std::vector<Entries::iterator> added;
  for (const std::string& name : names) {
    const auto [entry, is_new] = entries_.try_emplace(name);
    if (is_new) added.push_back(entry);
  }
  for (std::size_t i = added.size(); i > 1; --i) {
    std::swap(added[i - 1], added[Next(random_) % i]);
  }
  const auto count = static_cast<std::int64_t>(added.size());
  if (count == 0) return;
  const Time::duration stretch =
      std::min<Time::duration>(kSpread, Time::duration(schedule_.interval) / count);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto entry = added[static_cast<std::size_t>(i)];
    entry->second.since = now;
    entry->second.slot = i == 0 ? now : now + i * stretch + Below(stretch);
    Enqueue(entry, entry->second.slot);
  }
}

std::vector<std::string> Plan::Due(Time now) {
  std::vector<std::string> due;
  while (under_way_ < schedule_.max_concurrent && !queue_.empty() && queue_.begin()->first <= now) {
    const std::string& name = *queue_.begin()->second;
    queue_.erase(queue_.begin());
    entries_.find(name)->second.under_way = true;
    ++under_way_;
    due.push_back(name);
  }
  return due;
}

void Plan::Finished(const std::string& name, bool success, Time now) {
  const auto found = entries_.find(name);
  if (found == entries_.end() || !found->second.under_way) return;
  --under_way_;
  Entry& entry = found->second;
  entry.under_way = false;
  if (entry.gone) {
    entries_.erase(found);
    return;
  }
  if (entry.restart) return Restart(name, now);
  entry.was_good = entry.was_good || success;
  const bool starting = !entry.was_good && now - entry.since < kStarting;
  const bool look_again = !success && (!entry.failing || starting);
  entry.failing = !success;
  // No later than an interval from now, which a reload may have made shorter.
  entry.slot = std::min(FirstSlotAfter(entry.slot, now), now + schedule_.interval);
  const Time again = now + schedule_.retry_interval;
  const Time::duration jitter = Below(Time::duration(schedule_.interval) * kJitterPercent / 100);
  Enqueue(found, look_again && again < entry.slot ? again : entry.slot + jitter);
}

void Plan::Restart(const std::string& name, Time now) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.restart = entry.under_way;
  if (entry.under_way) return;
  queue_.erase({entry.next, &found->first});
  entry.failing = false;
  entry.was_good = false;
  entry.since = now;
  entry.slot = now;
  Enqueue(found, now);
}

std::optional<Plan::Time> Plan::NextWake() const {
  if (queue_.empty() || under_way_ >= schedule_.max_concurrent) return std::nullopt;
  return queue_.begin()->first;
}

void Plan::Enqueue(Entries::iterator entry, Time at) {
  entry->second.next = at;
  queue_.emplace(at, &entry->first);
}

Plan::Time Plan::FirstSlotAfter(Time slot, Time now) const {
  if (slot > now) return slot;
  const Time::duration interval = schedule_.interval;
  return slot + ((now - slot) / interval + 1) * interval;
}

Plan::Time::duration Plan::Below(Time::duration limit) {
  if (limit.count() <= 0) return {};
  return Time::duration(
      static_cast<Time::rep>(Next(random_) % static_cast<std::uint64_t>(limit.count())));
}

}  // namespace mcp_vitals::probe
