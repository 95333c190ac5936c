#include "scaler/sample_view.h"

#include <utility>

namespace mcp_vitals::scaler {

namespace {
// Whoever is to tell does not any more.
constexpr auto kLost = std::chrono::seconds(60);

template <class T>
void KeepIfUnknown(std::optional<T>& now, const std::optional<T>& before) {
  if (!now) now = before;
}
}  // namespace

void SampleView::Saw(FleetSample sample, Time now) {
  is_whole_ = sample.streams && sample.in_flight && sample.silent && sample.calls;
  const bool sees_all = sample.streams && sample.in_flight && sample.replicas && sample.silent;
  if (sees_all && *sample.silent == 0) saw_all_ = true;
  KeepIfUnknown(sample.streams, last_.streams);
  KeepIfUnknown(sample.in_flight, last_.in_flight);
  KeepIfUnknown(sample.silent, last_.silent);
  last_ = std::move(sample);
  last_.calls.reset();  // they are Work's
  seen_ = now;
}

FleetFacts SampleView::At(Time now) const {
  FleetFacts facts;
  if (!seen_) {
    facts.trouble = "Prometheus has not been asked yet";
    return facts;
  }
  facts.list_age = now - *seen_;
  facts.silent = last_.silent.value_or(0);
  facts.expected = facts.silent;
  if (now - *seen_ >= kLost) {
    facts.trouble = "Prometheus is not asked any more";
    return facts;
  }
  if (!last_.troubles.empty()) {
    facts.trouble = last_.troubles.front();
  } else if (facts.silent > 0) {
    facts.trouble = std::to_string(facts.silent) + " pods have no young samples";
  }
  if (!last_.replicas) return facts;
  if (!saw_all_) {
    facts.expected = 0;
    facts.trouble = "not all pods were ever seen: " + facts.trouble;
    return facts;
  }
  facts.fresh = *last_.replicas;
  facts.expected += facts.fresh;
  facts.serving = facts.expected;  // what others say of pods does not tell their state
  facts.streams = last_.streams->by_kind;
  facts.unsorted_streams = last_.streams->unsorted;
  facts.in_flight = *last_.in_flight;
  facts.is_partial = !is_whole_;
  return facts;
}

}  // namespace mcp_vitals::scaler
