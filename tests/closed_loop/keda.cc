#include "tests/closed_loop/keda.h"

#include <algorithm>

namespace mcp_vitals::closed_loop {

std::optional<int> AskedBy(Trigger::Type type, const std::vector<std::int64_t>& values,
                           std::int64_t target, const Scale& scale, Tolerance tolerance) {
  if (type == Trigger::Type::kAverageValue) {
    return AverageValueReplicas(values, target, scale.status, tolerance);
  }
  const int replicas = ValueReplicas(values, target, scale.spec, scale.ready, tolerance);
  const bool has_pods = scale.status > 0 || scale.ready > 0;
  const bool needs_pods = scale.spec > 0 && replicas != scale.spec;
  return needs_pods && !has_pods ? std::nullopt : std::optional(replicas);
}

Keda::Keda(ScaledObject object)
    : object_(std::move(object)),
      hpa_({std::max(1, object_.min), object_.max, object_.behavior, 0.1, 300}),
      failures_(object_.triggers.size()),
      last_(object_.triggers.size()) {}

std::optional<std::int64_t> Keda::FallenBack(std::size_t i, const Scale& scale) const {
  using Kind = Fallback::Kind;
  if (!object_.fallback || failures_[i] <= object_.fallback->failure_threshold) return std::nullopt;
  double replicas = object_.fallback->replicas;
  const double current = scale.spec;
  switch (object_.fallback->kind) {
    case Kind::kStatic:
      break;
    case Kind::kCurrentReplicas:
      replicas = current;
      break;
    case Kind::kCurrentReplicasIfHigher:
      replicas = std::max(replicas, current);
      break;
    case Kind::kCurrentReplicasIfLower:
      replicas = std::min(replicas, current);
      break;
  }
  const Trigger& trigger = object_.triggers[i];
  if (trigger.type == Trigger::Type::kValue) {
    if (scale.ready == 0) return std::nullopt;
    replicas /= scale.ready;
  }
  return static_cast<std::int64_t>(trigger.target * 1000 * replicas);
}

Keda::Told Keda::Read(std::size_t i, const Scale& scale, double now) {
  const auto reading = object_.triggers[i].read(now);
  Told told;
  if (reading) {
    failures_[i] = 0;
    told = {Milli(reading->value), reading->is_active};
  } else {
    ++failures_[i];
    told.value = FallenBack(i, scale);
    told.is_active = told.value.has_value();
  }
  last_[i] = told.value;
  return told;
}

int Keda::Poll(const Scale& scale, double now) {
  bool is_active = false, is_error = false;
  for (std::size_t i = 0; i < object_.triggers.size(); ++i) {
    const Told told = Read(i, scale, now);
    is_error = is_error || !told.value;
    is_active = is_active || told.is_active;
  }
  return Request(is_active, is_error, scale, now);
}

int Keda::Push(bool is_active, const Scale& scale, double now) {
  return is_active ? Request(true, false, scale, now) : scale.spec;
}

int Keda::Request(bool is_active, bool is_error, const Scale& scale, double now) {
  if (is_active) {
    if (scale.spec > 0 && is_error) return scale.spec;
    last_active_ = now;
    return scale.spec > 0 ? scale.spec : std::max(1, object_.min);
  }
  const bool falls_back = object_.fallback && object_.fallback->replicas != 0;
  if (is_error && (falls_back || !object_.fallback)) return scale.spec;
  if (scale.spec > 0 && object_.min == 0) {
    return last_active_ + object_.cooldown < now ? 0 : scale.spec;
  }
  return std::max(scale.spec, object_.min);
}

int Keda::Sync(const Scale& scale, double now) {
  std::vector<std::optional<int>> asked;
  for (std::size_t i = 0; i < object_.triggers.size() && scale.spec > 0; ++i) {
    const Trigger& trigger = object_.triggers[i];
    const Told told = Read(i, scale, now);
    asked.push_back(told.value ? AskedBy(trigger.type, {*told.value}, Milli(trigger.target), scale,
                                         hpa_.tolerance())
                               : std::nullopt);
  }
  return hpa_.Sync(asked, scale.spec, now);
}

}  // namespace mcp_vitals::closed_loop
