#include "vitals/probe_vitals.h"

#include <utility>

namespace mcp_vitals::vitals {
namespace {

constexpr int kBatch = 64;  // targets visited under one lock

void Cap(std::string& text, std::size_t bytes) {
  if (text.size() > bytes) text.resize(bytes);
  text.shrink_to_fit();
}

// What servers say is kept for as long as the target is: a long-winded one must not cost memory.
void Cap(ProbeResult& result) {
  for (auto* text : {&result.detail, &result.hint, &result.url, &result.resource_metadata}) {
    Cap(*text, 1024);
  }
  for (auto* text : {&result.server_name, &result.server_version, &result.protocol_version}) {
    Cap(*text, 256);
  }
  if (result.certificate) {
    auto& certificate = *result.certificate;
    for (auto* text : {&certificate.issuer, &certificate.subject, &certificate.verification}) {
      Cap(*text, 512);
    }
  }
  result.missing_tools.shrink_to_fit();
}

void Add(TargetVitals& vitals, ProbeResult result) {
  ++vitals.probes;
  vitals.total.Observe(result.duration.count());
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    if (!result.phases[i]) continue;
    if (!vitals.phases[i]) vitals.phases[i] = std::make_unique<Histogram>();
    vitals.phases[i]->Observe(result.phases[i]->count());
  }
  if (result.address_scope) vitals.in_pod = *result.address_scope == AddressScope::kLoopback;
  if (result.schema_change) {
    ++vitals.schema_changes[static_cast<std::size_t>(*result.schema_change)];
  }
  vitals.sessions_left_open += result.sessions_left_open;
  if (result.success) {
    vitals.consecutive_failures = 0;
    vitals.last_success =
        result.started +
        std::chrono::duration_cast<std::chrono::system_clock::duration>(result.duration);
    if (!vitals.first_success) vitals.first_success = vitals.last_success;
  } else {
    ++vitals.consecutive_failures;
    const auto reason = result.reason.value_or(Reason::kInternal);
    ++vitals.failures[static_cast<std::size_t>(reason)];
  }
  Cap(result);
  vitals.last = std::move(result);
}

}  // namespace

void ProbeVitals::SetTargets(const std::vector<Key>& targets) {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::unique_ptr<TargetVitals>> next;
  for (const Key& key : targets) {
    auto known = targets_.find(key.target);
    const bool same = known != targets_.end() && known->second->endpoint == key.endpoint;
    auto vitals = same ? std::move(known->second) : std::make_unique<TargetVitals>();
    if (same) targets_.erase(known);
    vitals->target = key.target;
    vitals->endpoint = key.endpoint;
    vitals->vantage = key.vantage;
    if (key.in_pod || !vitals->last) vitals->in_pod = key.in_pod;
    next.try_emplace(key.target, std::move(vitals));
  }
  targets_ = std::move(next);
}

void ProbeVitals::Record(ProbeResult result) {
  const std::lock_guard lock(mutex_);
  const auto found = targets_.find(result.target);
  if (found != targets_.end()) Add(*found->second, std::move(result));
}

void ProbeVitals::ForEach(const std::function<void(const TargetVitals&)>& visit,
                          const std::function<bool()>& between) const {
  std::optional<std::string> last;
  for (bool more = true; more;) {
    {
      const std::lock_guard lock(mutex_);
      auto next = last ? targets_.upper_bound(*last) : targets_.begin();
      for (int i = 0; i < kBatch && next != targets_.end(); ++i, ++next) {
        visit(*next->second);
        if (i + 1 == kBatch) last = next->first;
      }
      more = next != targets_.end();
    }
    if (between && !between()) return;
  }
}

}  // namespace mcp_vitals::vitals
