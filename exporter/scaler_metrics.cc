#include <algorithm>
#include <array>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

using prometheus::MetricType;
using vitals::ScalerFleet;
using vitals::ScalerTrigger;
using vitals::ScalerVitals;

// A row with a sample for each trigger that says something.
template <double (*Value)(const ScalerTrigger&)>
void CollectTriggers(const ScalerVitals& scaler, Samples& out) {
  for (const ScalerFleet& fleet : scaler.fleets) {
    for (const ScalerTrigger& trigger : fleet.triggers) {
      if (!trigger.blind.empty()) continue;
      out.Gauge({{"fleet", fleet.name}, {"metric", trigger.metric}, {"trigger", trigger.name}},
                Value(trigger));
    }
  }
}
double Pods(const ScalerTrigger& trigger) { return trigger.pods; }
double Value(const ScalerTrigger& trigger) { return trigger.value; }
double Active(const ScalerTrigger& trigger) { return trigger.active ? 1 : 0; }

// A row with a sample for each fleet: 1 if that holds of any of its triggers.
template <bool (*Holds)(const ScalerTrigger&)>
void CollectAny(const ScalerVitals& scaler, Samples& out) {
  for (const ScalerFleet& fleet : scaler.fleets) {
    const bool any = std::any_of(fleet.triggers.begin(), fleet.triggers.end(), Holds);
    out.Gauge({{"fleet", fleet.name}}, any ? 1 : 0);
  }
}
bool IsBlind(const ScalerTrigger& trigger) { return !trigger.blind.empty(); }
bool IsSkewed(const ScalerTrigger& trigger) { return trigger.is_skewed; }
bool IsLatched(const ScalerTrigger& trigger) { return trigger.is_latched; }

template <std::map<std::string, std::size_t> ScalerFleet::* kStates>
void CollectStates(const ScalerVitals& scaler, Samples& out) {
  for (const ScalerFleet& fleet : scaler.fleets) {
    for (const auto& [state, count] : fleet.*kStates) {
      out.Gauge({{"fleet", fleet.name}, {"state", state}}, static_cast<double>(count));
    }
  }
}

void CollectDecisions(const ScalerVitals& scaler, Samples& out) {
  for (const ScalerFleet& fleet : scaler.fleets) {
    for (const auto& [rule, count] : fleet.decisions) {
      out.Counter({{"fleet", fleet.name}, {"rule", rule}}, static_cast<double>(count));
    }
  }
}

void CollectRequests(const ScalerVitals& scaler, Samples& out) {
  for (const auto& [key, count] : scaler.requests) {
    out.Counter({{"method", key.first}, {"code", key.second}}, static_cast<double>(count));
  }
}

constexpr std::array kScalerMetrics = {
    ScalerMetric{
        {"mcp_scaler_desired_pods", MetricType::Gauge,
         "Pods that a trigger asks for. Absent while it is blind.", "fleet, metric, trigger"},
        CollectTriggers<Pods>},
    ScalerMetric{{"mcp_scaler_value", MetricType::Gauge,
                  "What KEDA is told: streams, operations in flight, or pods, by metric. Absent "
                  "while the trigger is blind.",
                  "fleet, metric, trigger"},
                 CollectTriggers<Value>},
    ScalerMetric{{"mcp_scaler_active", MetricType::Gauge,
                  "1 if KEDA is told that there is work for even one pod, else 0. Absent while the "
                  "trigger is blind.",
                  "fleet, metric, trigger"},
                 CollectTriggers<Active>},
    ScalerMetric{{"mcp_scaler_members", MetricType::Gauge,
                  "Members of a fleet: fresh (seen), silent (stale: they count as last heard), "
                  "unheard (never yet), refused (they claim to be another). As many as the sum are "
                  "expected.",
                  "fleet, state"},
                 CollectStates<&ScalerFleet::members>},
    ScalerMetric{
        {"mcp_scaler_pods", MetricType::Gauge,
         "Pods of a fleet as the scaler sees them: serving, starting, draining.", "fleet, state"},
        CollectStates<&ScalerFleet::pods>},
    ScalerMetric{{"mcp_scaler_blind", MetricType::Gauge,
                  "1 while too little of a fleet is seen to answer: KEDA gets UNAVAILABLE, and the "
                  "fleet stays as it is. Else 0.",
                  "fleet"},
                 CollectAny<IsBlind>},
    ScalerMetric{{"mcp_scaler_blind_seconds_total", MetricType::Counter,
                  "For how long mcp_scaler_blind was 1.", "fleet"},
                 [](const ScalerVitals& scaler, Samples& out) {
                   for (const ScalerFleet& fleet : scaler.fleets) {
                     out.Counter({{"fleet", fleet.name}}, fleet.blind_seconds);
                   }
                 }},
    ScalerMetric{{"mcp_scaler_decisions_total", MetricType::Counter,
                  "Decisions by what decided: idle (nothing above the activation), streams, "
                  "concurrency, latency, window (fewer would do, but not yet for five minutes), "
                  "room (likewise, but their streams would find the others too full), "
                  "held (fewer would do, but not all is seen), blind. Several a second.",
                  "fleet, rule"},
                 CollectDecisions},
    ScalerMetric{{"mcp_scaler_skew", MetricType::Gauge,
                  "1 while a fleet misses its latency target because of a few hot pods, which more "
                  "pods do not cure; else 0.",
                  "fleet"},
                 CollectAny<IsSkewed>},
    ScalerMetric{{"mcp_scaler_latched", MetricType::Gauge,
                  "1 while a fleet misses its latency target, and more pods did not help, so that "
                  "no more are asked for; else 0.",
                  "fleet"},
                 CollectAny<IsLatched>},
    ScalerMetric{{"mcp_scaler_streams_open", MetricType::Gauge,
                  "Streams on which KEDA waits for a change of activity (StreamIsActive).", ""},
                 [](const ScalerVitals& scaler, Samples& out) {
                   out.Gauge({}, static_cast<double>(scaler.streams_open));
                 }},
    ScalerMetric{
        {"mcp_scaler_requests_total", MetricType::Counter,
         "Calls of KEDA by how they ended; StreamIsActive counts when it opens.", "method, code"},
        CollectRequests},
};

}  // namespace

std::span<const ScalerMetric> ScalerMetrics() { return kScalerMetrics; }

}  // namespace mcp_vitals::exporter
