#include <map>
#include <utility>

#include "tests/closed_loop/contestant.h"
#include "tests/closed_loop/cpu_scaler.h"
#include "tests/closed_loop/keda_scaler.h"
#include "tests/closed_loop/ours.h"
#include "tests/closed_loop/prometheus.h"

namespace mcp_vitals::closed_loop {

namespace {

using Type = Trigger::Type;
using Metadata = std::map<std::string, std::string>;

// One pod, or a tenth of them, in the time that a pod takes to drain. The scaler owns the long
// window, and knows no tolerance to be there.
Behavior OurBehavior(const Metadata& metadata) {
  Behavior behavior;
  behavior.down.window = 60;
  behavior.down.policies = {{ScalingPolicy::Kind::kPods, 1, 30},
                            {ScalingPolicy::Kind::kPercent, 10, 30}};
  const auto tolerance = metadata.find("hpaTolerance");
  if (tolerance != metadata.end()) {
    behavior.up.tolerance = behavior.down.tolerance = std::stod(tolerance->second);
  }
  return behavior;
}

std::unique_ptr<Scaler> MakeOurs(const Metadata& metadata, Bounds bounds) {
  const auto ours = std::make_shared<OurScaler>(metadata);
  ScaledObject object;
  object.min = bounds.min;
  object.max = bounds.max;
  object.behavior = OurBehavior(metadata);
  object.fallback = Fallback{Fallback::Kind::kCurrentReplicasIfHigher, 3, bounds.min};
  object.triggers = {
      {"load", Type::kAverageValue, ours->Target(), [ours](double) { return ours->Read(); }}};
  return std::make_unique<KedaScaler>(
      object, [ours](const Cluster& cluster, int now) { ours->Observe(cluster, now); },
      [ours] { return ours->Why(); });
}

// KEDA's trigger of type prometheus: no series is 0, above 0 is active.
Trigger Query(const char* name, Type type, double target,
              std::function<std::optional<double>(int now)> query) {
  return {name, type, target, [query = std::move(query)](double now) {
            const double value = query(static_cast<int>(now)).value_or(0);
            return std::optional<Reading>({value, value > 0});
          }};
}

using Triggers = std::vector<Trigger> (*)(const Prometheus&);

std::unique_ptr<Scaler> MakePrometheus(Bounds bounds, int polling, Triggers triggers) {
  const auto prometheus = std::make_shared<Prometheus>();
  ScaledObject object;
  object.polling = polling;
  object.min = bounds.min;
  object.max = bounds.max;
  object.triggers = triggers(*prometheus);
  return std::make_unique<KedaScaler>(
      object, [prometheus](const Cluster& cluster, int now) { prometheus->Scrape(cluster, now); });
}

std::vector<Trigger> AverageOfStreams(const Prometheus& prometheus) {
  return {Query("streams", Type::kAverageValue, 50,
                [&](int now) { return prometheus.AverageOfStreams(now); })};
}

std::vector<Trigger> SumOfStreams(const Prometheus& prometheus) {
  return {Query("streams", Type::kAverageValue, 50,
                [&](int now) { return prometheus.SumOfStreams(now); })};
}

std::vector<Trigger> RequestsLatencyStreams(const Prometheus& prometheus) {
  return {Query("requests", Type::kAverageValue, 100,
                [&](int now) { return prometheus.RequestRate(now, 60); }),
          Query("p95", Type::kAverageValue, 1,
                [&](int now) { return prometheus.Quantile(0.95, now, 300); }),
          Query("streams", Type::kAverageValue, 200,
                [&](int now) { return prometheus.SumOfStreams(now); })};
}

std::vector<Trigger> Latency(const Prometheus& prometheus) {
  return {
      Query("p95", Type::kValue, 1, [&](int now) { return prometheus.Quantile(0.95, now, 300); })};
}

// Everything under way at its interceptors, streams too; no behaviour of the HPA.
std::unique_ptr<Scaler> MakeAddOn(Bounds bounds, double target) {
  const auto under_way = std::make_shared<double>(0);
  ScaledObject object;
  object.min = bounds.min;
  object.max = bounds.max;
  object.triggers = {{"concurrency", Type::kAverageValue, target,
                      [under_way](double) { return std::optional<Reading>({*under_way, true}); }}};
  return std::make_unique<KedaScaler>(object, [under_way](const Cluster& cluster, int) {
    double sum = 0;
    for (const auto& pod : cluster.pods()) {
      sum += static_cast<double>(pod->streams() + pod->server().in_flight());
    }
    *under_way = sum;
  });
}

std::unique_ptr<Scaler> MakeCpu(Bounds bounds) {
  // Up at once and down after 300 s, which is what a behaviour says by itself.
  return std::make_unique<CpuScaler>(Hpa::Spec{bounds.min, bounds.max, Behavior{}, 0.1, 300}, 60);
}

}  // namespace

Contestant Ours(const std::vector<std::pair<std::string, std::string>>& metadata) {
  Metadata all = {{"metric", "load"}, {"hpaTolerance", "0"}};
  for (const auto& [key, value] : metadata) all[key] = value;
  std::string what = "this scaler:";
  for (const auto& [key, value] : all) what += " " + key + "=" + value;
  return {"ours", what, [all](Bounds bounds) { return MakeOurs(all, bounds); }};
}

std::vector<Contestant> AllContestants() {
  return {
      Ours(),
      {"sse-avg", "seeds: avg(mcp_active_sse_connections), AverageValue 50",
       [](Bounds bounds) { return MakePrometheus(bounds, 30, AverageOfStreams); }},
      {"sse-sum", "the same as it was meant: sum(mcp_active_sse_connections), AverageValue 50",
       [](Bounds bounds) { return MakePrometheus(bounds, 30, SumOfStreams); }},
      {"latency", "seeds: 100 requests/s, p95[5m] 1 s and 200 connections, all AverageValue",
       [](Bounds bounds) { return MakePrometheus(bounds, 10, RequestsLatencyStreams); }},
      {"latency-value", "seeds' p95[5m] of 1 s alone, with metricType Value",
       [](Bounds bounds) { return MakePrometheus(bounds, 10, Latency); }},
      {"cpu-60", "seeds: HPA on CPU, 60 % of what is requested, 300 s down", MakeCpu},
      {"addon-100", "http-add-on: concurrency, its own target of 100",
       [](Bounds bounds) { return MakeAddOn(bounds, 100); }},
      {"addon-50", "http-add-on: concurrency, target 50",
       [](Bounds bounds) { return MakeAddOn(bounds, 50); }},
  };
}

}  // namespace mcp_vitals::closed_loop
