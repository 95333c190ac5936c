#include "tests/closed_loop/cluster.h"

#include <algorithm>
#include <cmath>

namespace mcp_vitals::closed_loop {

namespace {

constexpr int kLongAgo = -7200;

// Pods that are not ready first; then, of times since they became ready on a scale of powers of
// two, the shortest, and of those any: the ReplicaSet controller's order.
struct Rank {
  bool is_ready;
  int age;
  double any;
  Pod* pod;
  bool operator<(const Rank& other) const {
    if (is_ready != other.is_ready) return !is_ready;
    if (age != other.age) return age < other.age;
    return any < other.any;
  }
};

}  // namespace

Cluster::Cluster(const PodShape& shape, int replicas, std::uint64_t seed)
    : shape_(shape), random_(seed), replicas_(replicas) {
  for (int i = 0; i < replicas; ++i) {
    pods_.push_back(std::make_unique<Pod>(++created_, revision_, kLongAgo, kLongAgo, shape_));
    endpoints_.push_back(pods_.back().get());
  }
}

void Cluster::Create(int count, int now) {
  for (int i = 0; i < count; ++i) {
    const int spread = shape_.startup_most - shape_.startup_least;
    const int startup = shape_.startup_least + static_cast<int>(random_.Uniform() * (spread + 1));
    pods_.push_back(std::make_unique<Pod>(++created_, revision_, now, now + startup, shape_));
  }
}

void Cluster::Delete(int count, int now, bool by_scale_in) {
  std::vector<Rank> ranks;
  for (const auto& pod : pods_) {
    // A rollout takes pods of old revisions, a scale-in of the newest.
    if (!pod->is_active() || (pod->revision() == revision_) != by_scale_in) continue;
    const int age = now - pod->ready_since();
    ranks.push_back({pod->state() == PodState::kReady,
                     age > 0 ? static_cast<int>(std::log2(age)) : 0, random_.Uniform(), pod.get()});
  }
  std::sort(ranks.begin(), ranks.end());
  for (int i = 0; i < count && i < static_cast<int>(ranks.size()); ++i) {
    ranks[static_cast<std::size_t>(i)].pod->Leave(now, by_scale_in);
  }
}

void Cluster::RollOn(int now) {
  int active = 0, fresh = 0, available = 0, idle_old = 0;
  for (const auto& pod : pods_) {
    if (!pod->is_active()) continue;
    const bool is_new = pod->revision() == revision_;
    const bool is_ready = pod->state() == PodState::kReady;
    ++active;
    fresh += is_new ? 1 : 0;
    available += is_ready ? 1 : 0;
    idle_old += !is_new && !is_ready ? 1 : 0;
  }
  const int surge = (replicas_ + 3) / 4;
  if (fresh > replicas_) Delete(fresh - replicas_, now, true);
  Create(std::min(replicas_ - fresh, replicas_ + surge - active), now);
  const int dispensable = idle_old + std::max(0, available - replicas_);
  Delete(std::min(dispensable, active - fresh), now, false);
}

void Cluster::Tick(int now) {
  std::erase_if(pods_, [](const auto& pod) { return pod->state() == PodState::kGone; });
  int active = 0, fresh = 0;
  for (const auto& pod : pods_) {
    pod->Tick(now);
    active += pod->is_active() ? 1 : 0;
    fresh += pod->is_active() && pod->revision() == revision_ ? 1 : 0;
  }
  if (active != fresh) {
    RollOn(now);
  } else if (active < replicas_) {
    Create(replicas_ - active, now);
  } else if (active > replicas_) {
    Delete(active - replicas_, now, true);
  }
  endpoints_.clear();
  for (const auto& pod : pods_) {
    if (pod->state() == PodState::kReady) endpoints_.push_back(pod.get());
  }
}

Scale Cluster::scale(int now) const {
  Scale scale;
  scale.spec = replicas_;
  for (const auto& pod : pods_) {
    scale.status += pod->is_active() ? 1 : 0;
    scale.ready += pod->is_ready_condition(now) ? 1 : 0;
  }
  return scale;
}

Pod* Cluster::Pick() {
  return endpoints_.empty() ? nullptr : endpoints_[random_.Index(endpoints_.size())];
}

}  // namespace mcp_vitals::closed_loop
