#include "tests/closed_loop/cpu_scaler.h"

#include <cmath>
#include <cstdio>

namespace mcp_vitals::closed_loop {

namespace {
constexpr int kWindow = 15, kLooksAt = 11, kSyncsAt = 7;
constexpr double kMillicoresPerWorker = 250;
constexpr int kInitialization = 300;  // --horizontal-pod-autoscaler-cpu-initialization-period
}  // namespace

void CpuScaler::Look(const Cluster& cluster, int now) {
  std::map<std::uint64_t, Seen> next;
  for (const auto& pod : cluster.pods()) {
    if (!pod->is_heard(now)) continue;
    Seen look{pod->server().work(), now, -1};
    const auto before = seen_.find(pod->number());
    if (before != seen_.end()) {
      look.used = (look.work - before->second.work) / (now - before->second.at);
    }
    next[pod->number()] = look;
  }
  seen_ = std::move(next);
}

int CpuScaler::Tick(const Cluster& cluster, int now) {
  if (now % kWindow == kLooksAt) Look(cluster, now);
  const Scale scale = cluster.scale(now);
  if (now % kWindow != kSyncsAt) return scale.spec;
  std::vector<PodCpu> pods;
  used_ = 0;
  for (const auto& pod : cluster.pods()) {
    PodCpu cpu;
    cpu.request = std::lround(cluster.shape().workers * kMillicoresPerWorker);
    cpu.is_deleted = !pod->is_active();
    cpu.is_pending = !pod->is_heard(now);
    const auto look = seen_.find(pod->number());
    if (look != seen_.end() && look->second.used >= 0) {
      cpu.usage = std::lround(look->second.used * kMillicoresPerWorker);
      used_ += look->second.used;
      const bool is_ready = pod->state() == PodState::kReady;
      const bool is_young = now < pod->created() + kInitialization;
      cpu.is_unready = !is_ready || (is_young && look->second.at < pod->ready_since() + kWindow);
    }
    pods.push_back(cpu);
  }
  const auto asked = UtilizationReplicas(pods, target_, scale.spec, hpa_.tolerance());
  return hpa_.Sync({asked}, scale.spec, now);
}

std::string CpuScaler::Note() const {
  char text[64];
  std::snprintf(text, sizeof text, "busy workers=%.1f", used_);
  return text;
}

}  // namespace mcp_vitals::closed_loop
