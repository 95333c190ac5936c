#include "app/scaler_vitals.h"

#include <utility>

namespace mcp_vitals::app {

namespace {

vitals::ScalerTrigger VitalsOf(const scaler::TriggerReport& report) {
  const scaler::Decision& last = report.last;
  vitals::ScalerTrigger trigger;
  trigger.metric = ToString(report.policy.metric);
  trigger.name = report.name;
  if (const auto* blind = std::get_if<scaler::Blind>(&last.answer)) trigger.blind = blind->why;
  if (const auto* verdict = std::get_if<scaler::Verdict>(&last.answer)) {
    trigger.value = verdict->value;
    trigger.active = verdict->active;
  }
  trigger.pods = last.pods;
  trigger.is_skewed = last.advice == scaler::LatencyAdvice::kHotPods;
  trigger.is_latched = last.advice == scaler::LatencyAdvice::kLatched;
  return trigger;
}

vitals::ScalerFleet VitalsOf(const scaler::FleetReport& report) {
  const scaler::FleetFacts& facts = report.facts;
  vitals::ScalerFleet fleet;
  fleet.name = report.fleet;
  fleet.members = {{"fresh", facts.fresh},
                   {"silent", facts.silent},
                   {"unheard", facts.unheard},
                   {"refused", facts.refused}};
  fleet.pods = {
      {"serving", facts.serving}, {"starting", facts.starting}, {"draining", facts.draining}};
  fleet.seen = facts.replicas();
  fleet.blind_seconds = report.blind_seconds;
  for (std::size_t i = 0; i < scaler::kRuleCount; ++i) {
    fleet.decisions[std::string(ToString(static_cast<scaler::Rule>(i)))] = report.decisions[i];
  }
  for (const scaler::TriggerReport& trigger : report.triggers) {
    if (trigger.asked_ago < scaler::Board::kForgotten) fleet.triggers.push_back(VitalsOf(trigger));
  }
  return fleet;
}

}  // namespace

vitals::ScalerVitals VitalsOf(const std::vector<scaler::FleetReport>& fleets,
                              const scaler::Service& service) {
  vitals::ScalerVitals all;
  for (const scaler::FleetReport& fleet : fleets) all.fleets.push_back(VitalsOf(fleet));
  all.streams_open = service.streams();
  for (std::size_t call = 0; call < scaler::kCallCount; ++call) {
    for (std::size_t code = 0; code < scaler::kCodeCount; ++code) {
      const auto method = static_cast<scaler::Call>(call);
      const auto status = static_cast<scaler::Code>(code);
      all.requests[{std::string(ToString(method)), std::string(ToString(status))}] =
          service.calls(method, status);
    }
  }
  return all;
}

}  // namespace mcp_vitals::app
