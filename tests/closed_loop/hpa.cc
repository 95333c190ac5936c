#include "tests/closed_loop/hpa.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mcp_vitals::closed_loop {

namespace {

constexpr double kLongest = 3600;  // no window may be longer

}  // namespace

Tolerance Hpa::tolerance() const {
  if (!spec_.behavior) return {spec_.tolerance, spec_.tolerance};
  return {spec_.behavior->up.tolerance, spec_.behavior->down.tolerance};
}

int Hpa::Sync(const std::vector<std::optional<int>>& asked, int current, double now) {
  if (asked_.empty()) asked_.push_back({now, current});
  const int result = Desired(asked, current, now);
  if (spec_.behavior && result > current) {
    Store(added_, spec_.behavior->up, {now, result - current});
  } else if (spec_.behavior && result < current) {
    Store(taken_, spec_.behavior->down, {now, current - result});
  }
  while (asked_.front().at < now - kLongest) asked_.pop_front();
  return result;
}

// As the controller keeps its memory small: a change takes the place of one that is older than all
// periods of its own direction, the last of them, though the other direction may still count it.
void Hpa::Store(std::vector<Past>& changes, const ScalingRules& rules, Past change) {
  int longest = 0;
  for (const ScalingPolicy& policy : rules.policies) longest = std::max(longest, policy.period);
  Past* place = nullptr;
  for (Past& past : changes) {
    if (past.at < change.at - longest) past.is_outdated = true;
    if (past.is_outdated) place = &past;
  }
  if (place != nullptr) {
    *place = change;
  } else {
    changes.push_back(change);
  }
}

int Hpa::Desired(const std::vector<std::optional<int>>& asked, int current, double now) {
  if (current == 0 && spec_.min > 0) return 0;  // switched off: KEDA scales up again
  if (current > spec_.max) return spec_.max;
  if (current < spec_.min) return spec_.min;
  int desired = 0;
  std::size_t invalid = 0;
  for (const auto& one : asked) {
    if (!one) {
      ++invalid;
    } else {
      desired = std::max(desired, *one);
    }
  }
  if (invalid == asked.size() || (invalid > 0 && desired < current)) return current;
  return spec_.behavior ? Normalized(desired, current, now)
                        : NormalizedPlainly(desired, current, now);
}

int Hpa::NormalizedPlainly(int desired, int current, double now) {
  int highest = desired;
  for (const Past& past : asked_) {
    if (past.at >= now - spec_.window) highest = std::max(highest, past.replicas);
  }
  asked_.push_back({now, desired});
  return std::clamp(highest, spec_.min, std::min(spec_.max, std::max(2 * current, 4)));
}

int Hpa::Normalized(int desired, int current, double now) {
  const int stabilized = Stabilized(desired, current, now);
  asked_.push_back({now, desired});
  return Limited(stabilized, current, now);
}

int Hpa::Stabilized(int desired, int current, double now) const {
  int lowest = desired, highest = desired;
  for (const Past& past : asked_) {
    if (past.at > now - spec_.behavior->up.window) lowest = std::min(lowest, past.replicas);
    if (past.at > now - spec_.behavior->down.window) highest = std::max(highest, past.replicas);
  }
  return std::min(std::max(current, lowest), highest);
}

int Hpa::Limited(int desired, int current, double now) const {
  if (desired > current) {
    const int limit = std::max(Limit(spec_.behavior->up, current, now, true), current);
    return std::min(desired, std::min(spec_.max, limit));
  }
  if (desired < current) {
    const int limit = std::min(Limit(spec_.behavior->down, current, now, false), current);
    return std::max(desired, std::max(spec_.min, limit));
  }
  return desired;
}

int Hpa::Limit(const ScalingRules& rules, int current, double now, bool up) const {
  using Select = ScalingRules::Select;
  if (rules.select == Select::kDisabled) return current;
  const bool wants_highest = (rules.select == Select::kMax) == up;
  int result = wants_highest ? std::numeric_limits<int>::min() : std::numeric_limits<int>::max();
  for (const ScalingPolicy& policy : rules.policies) {
    int start = current;  // of the policy's period
    for (const Past& past : added_) start -= past.at > now - policy.period ? past.replicas : 0;
    for (const Past& past : taken_) start += past.at > now - policy.period ? past.replicas : 0;
    int proposed = 0;
    if (policy.kind == ScalingPolicy::Kind::kPods) {
      proposed = up ? start + policy.value : start - policy.value;
    } else if (up) {
      proposed = static_cast<int>(std::ceil(start * (1 + policy.value / 100.0)));
    } else {
      proposed = static_cast<int>(start * (1 - policy.value / 100.0));
    }
    result = wants_highest ? std::max(result, proposed) : std::min(result, proposed);
  }
  return result;
}

}  // namespace mcp_vitals::closed_loop
