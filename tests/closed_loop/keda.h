#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tests/closed_loop/hpa.h"

// A ScaledObject in the hands of KEDA 2.20: its own polls, which take a fleet from and to zero, and
// what it tells the HPA, which does the rest. Times are seconds; it has no clock of its own.
namespace mcp_vitals::closed_loop {

// What a trigger answers.
struct Reading {
  double value = 0;
  bool is_active = true;
};

struct Trigger {
  enum class Type { kAverageValue, kValue };
  std::string name;
  Type type = Type::kAverageValue;
  double target = 1;
  // Nothing: an error.
  std::function<std::optional<Reading>(double now)> read;
};

struct Fallback {
  enum class Kind { kStatic, kCurrentReplicas, kCurrentReplicasIfHigher, kCurrentReplicasIfLower };
  Kind kind = Kind::kStatic;
  int failure_threshold = 3;
  int replicas = 0;
};

struct ScaledObject {
  int polling = 30;    // seconds
  int cooldown = 300;  // seconds
  int min = 0;
  int max = 100;
  std::optional<Fallback> fallback;
  std::optional<Behavior> behavior;
  std::vector<Trigger> triggers;
};

// The replicas that one metric asks the HPA for. Nothing: an error, since there is no pod at all.
std::optional<int> AskedBy(Trigger::Type type, const std::vector<std::int64_t>& values,
                           std::int64_t target, const Scale& scale, Tolerance tolerance);

class Keda {
 public:
  explicit Keda(ScaledObject object);

  // Each polling interval. Returns what the scale is set to, which may be what it is.
  int Poll(const Scale& scale, double now);
  // What the trigger has pushed.
  int Push(bool is_active, const Scale& scale, double now);
  // Each sync of the HPA that KEDA has made.
  int Sync(const Scale& scale, double now);

  const ScaledObject& object() const { return object_; }
  // Of trigger i at the last sync or poll, in thousandths; nothing: an error.
  std::optional<std::int64_t> last(std::size_t i) const { return last_[i]; }

 private:
  struct Told {
    std::optional<std::int64_t> value;
    bool is_active = false;
  };
  Told Read(std::size_t i, const Scale& scale, double now);
  std::optional<std::int64_t> FallenBack(std::size_t i, const Scale& scale) const;
  int Request(bool is_active, bool is_error, const Scale& scale, double now);

  const ScaledObject object_;
  Hpa hpa_;
  std::vector<int> failures_;  // of each trigger, since it last answered
  std::vector<std::optional<std::int64_t>> last_;
  double last_active_ = -std::numeric_limits<double>::infinity();
};

}  // namespace mcp_vitals::closed_loop
