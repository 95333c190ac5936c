#include <array>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {

namespace {

using prometheus::MetricType;
using vitals::InsideCanary;
using vitals::ServerVitals;
using vitals::TargetVitals;

std::optional<InsideCanary> Inside(const TargetVitals& target, const ServerVitals& server) {
  const auto seen = server.own_canaries.find(vitals::ProbeTag(target.target));
  if (seen == server.own_canaries.end()) return std::nullopt;
  return seen->second;
}

constexpr std::array kLayerMetrics = {
    LayerMetric{
        {"mcp_probe_inside_canary_seconds", MetricType::Gauge,
         "Of the last canary that came by the proxy: from the head of the call to its answer, "
         "as the proxy saw it. What the phase canary of mcp_probe_duration_seconds has beyond "
         "it was spent in front of the proxy.",
         ""},
        [](const TargetVitals& target, const ServerVitals& server, Samples& out) {
          if (const auto inside = Inside(target, server)) out.Gauge({}, inside->seconds);
        }},
    LayerMetric{
        {"mcp_probe_layer_at_fault", MetricType::Gauge,
         "1 for the layer that made the last probe fail: server (its canary was answered badly "
         "behind the proxy), path (it was answered well there, and lost in front of the "
         "proxy), unknown (it did not come by this proxy). All 0 when the probe succeeded.",
         "layer"},
        [](const TargetVitals& target, const ServerVitals& server, Samples& out) {
          if (!target.last) return;
          const auto fault = LayerAtFault(*target.last, Inside(target, server));
          for (std::size_t i = 0; i < vitals::kLayerCount; ++i) {
            const auto layer = static_cast<vitals::Layer>(i);
            out.Gauge({{"layer", std::string(ToString(layer))}}, fault == layer ? 1 : 0);
          }
        }},
};

}  // namespace

std::span<const LayerMetric> LayerMetrics() { return kLayerMetrics; }

}  // namespace mcp_vitals::exporter
