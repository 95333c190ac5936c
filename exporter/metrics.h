#pragma once

#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "exporter/self_vitals.h"
#include "vitals/connection_count.h"
#include "vitals/probe_vitals.h"
#include "vitals/saturation_vitals.h"
#include "vitals/scaler_vitals.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::exporter {

// What `/metrics` is written from; all outlive the writing.
struct MetricsSource {
  const vitals::ProbeVitals* probes = nullptr;
  const SelfVitals* self = nullptr;
  std::string server;                                  // the name of the server; "" if it has none
  std::shared_ptr<const vitals::ServerVitals> behind;  // null: there is no proxy
  std::map<std::string, std::string> constant_labels;
  std::optional<vitals::SaturationReport> saturation;  // nothing: its figures are not asked for
  vitals::ConnectionCount connections;                 // by others than the proxy
  std::optional<vitals::ScalerVitals> scaler;          // nothing: there is no scaler
};

// Prometheus' text format, family by family, each target in turn: memory does not grow with the
// number of targets.
void WriteMetrics(const MetricsSource& source, std::ostream& out);

// `/probe`'s answer for one probe: blackbox_exporter's names, and ours.
void WriteProbe(const vitals::ProbeResult& result, std::ostream& out);

}  // namespace mcp_vitals::exporter
