#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mcp_vitals::probe {

struct Schedule {
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds retry_interval{10'000};  // after a first failure, look again soon
  std::size_t max_concurrent = 64;                   // probes at once
};

// Which target is to be probed when. Pure: time is told to it, and randomness comes from a seed.
//
// Each target has a slot every interval, on a grid that does not drift; a probe starts up to 3 % of
// the interval after its slot. First slots are spread over 200 ms for each new target, at most over
// the interval; a single one is due at once. Slots that pass while a target is being probed, or
// waits for its turn, are skipped. After a failure that follows a success, or is the first result
// of all, the target is looked at once more after `retry_interval`, if that comes before its next
// slot. A new target that has never been good is looked at so often for its first five minutes: a
// server that starts after its sidecar is known to be ready soon after it is. Not thread-safe.
class Plan {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit Plan(std::uint64_t seed) : random_(seed) {}

  // Makes the targets exactly `names`. Those that stay keep their next time, unless the new
  // interval brings them sooner. One that goes while it is being probed still counts as under way.
  void Configure(const Schedule& schedule, const std::vector<std::string>& names, Time now);
  // The targets to probe now, longest due first; from then on they are under way.
  std::vector<std::string> Due(Time now);
  void Finished(const std::string& name, bool success, Time now);
  // A target that has become another one by the same name is due at once, or when the probe under
  // way has ended.
  void Restart(const std::string& name, Time now);
  // When Due will have something; nothing while there is nothing to wait for but a Finished.
  std::optional<Time> NextWake() const;

  std::size_t under_way() const { return under_way_; }

 private:
  struct Entry {
    Time slot;  // of the next probe, or of the one under way
    Time next;  // slot and jitter, or a retry
    bool under_way = false;
    bool gone = false;  // no longer wanted; forgotten when its probe ends
    bool failing = false;
    bool was_good = false;
    Time since;            // when it was new
    bool restart = false;  // due as soon as the probe under way has ended
  };
  using Entries = std::map<std::string, Entry>;

  void Add(const std::vector<std::string>& names, Time now);
  void Enqueue(Entries::iterator entry, Time at);
  Time FirstSlotAfter(Time slot, Time now) const;
  Time::duration Below(Time::duration limit);  // random, in [0, limit)

  Schedule schedule_;
  Entries entries_;
  // Who waits, by time. Names are unique, and so is each pair.
  std::set<std::pair<Time, const std::string*>> queue_;
  std::size_t under_way_ = 0;
  std::uint64_t random_;
};

}  // namespace mcp_vitals::probe
