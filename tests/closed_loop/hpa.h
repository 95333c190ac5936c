#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "tests/closed_loop/replicas.h"

// What Kubernetes 1.35's HPA makes of the replicas that its metrics ask for
// (pkg/controller/podautoscaler/horizontal.go): windows, policies, bounds. Times are seconds; it
// has no clock of its own.
namespace mcp_vitals::closed_loop {

// The scale of what is scaled, as the API server tells it.
struct Scale {
  int spec = 0;
  int status = 0;  // pods that are not on their way out
  int ready = 0;   // pods that run and are ready, also those on their way out
};

struct ScalingPolicy {
  enum class Kind { kPods, kPercent };
  Kind kind = Kind::kPods;
  int value = 0;
  int period = 15;  // seconds
};

struct ScalingRules {
  enum class Select { kMax, kMin, kDisabled };
  int window = 0;  // seconds
  std::vector<ScalingPolicy> policies;
  Select select = Select::kMax;
  double tolerance = 0.1;
};

// What a behaviour that says nothing comes to. (An HPA without any is another: it grows to twice
// what it is or to four, whichever is more, and has the same window downwards.)
struct Behavior {
  ScalingRules up = {
      0,
      {{ScalingPolicy::Kind::kPods, 4, 15}, {ScalingPolicy::Kind::kPercent, 100, 15}},
      ScalingRules::Select::kMax,
      0.1};
  ScalingRules down = {
      300, {{ScalingPolicy::Kind::kPercent, 100, 15}}, ScalingRules::Select::kMax, 0.1};
};

// One per HPA: it remembers what was asked for and what was done.
class Hpa {
 public:
  struct Spec {
    int min = 1;
    int max = 10;
    std::optional<Behavior> behavior;
    // Flags of the controller, for an HPA without a behaviour.
    double tolerance = 0.1;
    int window = 300;  // seconds, downwards
  };

  explicit Hpa(Spec spec) : spec_(std::move(spec)) {}

  Tolerance tolerance() const;
  // One sync: what each metric asks for, nothing for one that can't be had. `current` is the
  // scale's spec. Returns what the scale is set to, which may be what it is.
  int Sync(const std::vector<std::optional<int>>& asked, int current, double now);

 private:
  struct Past {
    double at;
    int replicas;
    bool is_outdated = false;
  };
  int Desired(const std::vector<std::optional<int>>& asked, int current, double now);
  int Normalized(int desired, int current, double now);
  int NormalizedPlainly(int desired, int current, double now);
  int Stabilized(int desired, int current, double now) const;
  int Limited(int desired, int current, double now) const;
  int Limit(const ScalingRules& rules, int current, double now, bool up) const;
  static void Store(std::vector<Past>& changes, const ScalingRules& rules, Past change);

  const Spec spec_;
  std::deque<Past> asked_;           // what metrics asked for, before anything else
  std::vector<Past> added_, taken_;  // by how many replicas the scale was changed
};

}  // namespace mcp_vitals::closed_loop
