#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/closed_loop/keda.h"
#include "tests/closed_loop/pod.h"
#include "tests/closed_loop/random.h"

namespace mcp_vitals::closed_loop {

// A Deployment with its ReplicaSets and the Service in front: creates and deletes pods as
// Kubernetes does. A rollout surges by a quarter and lets nothing be unavailable. Once a second.
class Cluster {
 public:
  // Begins with `replicas` pods that have long been ready.
  Cluster(const PodShape& shape, int replicas, std::uint64_t seed);

  void SetReplicas(int replicas) { replicas_ = replicas; }
  void Rollout() { ++revision_; }
  void Tick(int now);

  Scale scale(int now) const;
  const std::vector<std::unique_ptr<Pod>>& pods() const { return pods_; }
  const PodShape& shape() const { return shape_; }
  // A ready pod, as the Service picks one: any. Null without.
  Pod* Pick();

 private:
  void Create(int count, int now);
  // Those that Kubernetes would delete first among the active ones of a revision, or of all.
  void Delete(int count, int now, bool by_scale_in);
  void RollOn(int now);

  const PodShape shape_;
  Random random_;
  int replicas_;
  int revision_ = 1;
  std::uint64_t created_ = 0;
  std::vector<std::unique_ptr<Pod>> pods_;
  std::vector<Pod*> endpoints_;
};

}  // namespace mcp_vitals::closed_loop
