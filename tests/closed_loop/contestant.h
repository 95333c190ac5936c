#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/closed_loop/cluster.h"

namespace mcp_vitals::closed_loop {

// One way to scale. It sees of the cluster what it would see in life, once a second.
class Scaler {
 public:
  virtual ~Scaler() = default;
  // Returns the replicas wanted from now on.
  virtual int Tick(const Cluster& cluster, int now) = 0;
  // What it goes by at the moment, for people.
  virtual std::string Note() const = 0;
};

struct Bounds {
  int min, max;
};

struct Contestant {
  std::string name;
  std::string what;  // its configuration, in a line
  std::function<std::unique_ptr<Scaler>(Bounds)> make;
};

// This scaler first; then those that it is compared with, each as its authors have it.
std::vector<Contestant> AllContestants();

// `ours` with other metadata of the trigger.
Contestant Ours(const std::vector<std::pair<std::string, std::string>>& metadata = {});

}  // namespace mcp_vitals::closed_loop
