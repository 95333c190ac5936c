#pragma once

#include <functional>
#include <memory>
#include <string>

#include "exporter/http.h"
#include "exporter/self_vitals.h"
#include "vitals/probe_vitals.h"
#include "vitals/saturation_vitals.h"
#include "vitals/scaler_vitals.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::exporter {

// What the page is made from. The references outlive it.
struct StatusSources {
  const vitals::ProbeVitals& probes;
  const vitals::SaturationVitals& saturation;
  const SelfVitals& self;
  std::string server;  // the name of the server behind the proxy
  // What is known of it now, or null: there is no proxy, or it does not answer.
  std::function<std::shared_ptr<const vitals::ServerVitals>()> behind;
  std::function<vitals::ScalerVitals()> scaler;  // null: there is none
};

// `/`, for people: what is wrong in words, the server's live numbers and its own, the scaler's
// fleets, and every target's last probe, the failing ones first, at most 200. One page without
// scripts that looks again by itself. What servers and clients said is escaped.
Handler StatusPage(StatusSources sources);

}  // namespace mcp_vitals::exporter
