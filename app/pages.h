#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "app/config.h"
#include "app/loop.h"
#include "app/proxy_runner.h"
#include "app/scaler_runner.h"
#include "exporter/http.h"
#include "exporter/self_vitals.h"
#include "probe/prober.h"
#include "vitals/probe_vitals.h"
#include "vitals/saturation_vitals.h"

namespace mcp_vitals::app {

class Member;

// What the pages are made from; all outlive them.
struct PageSources {
  const vitals::ProbeVitals& vitals;
  const exporter::SelfVitals& self;
  probe::Prober& prober;
  Loop& probe_loop;
  Loop& control_loop;
  const vitals::SaturationVitals& saturation;
  ProxyRunner* proxy;    // null: without
  ScalerRunner* scaler;  // null: without
  const std::atomic<bool>& stopping;
  std::atomic<bool>& scraped_drained;                     // set by the first scrape after the drain
  std::function<std::shared_ptr<const Config>()> config;  // the one in force
  std::function<std::string()> shown_config;              // with what of it waits for a restart
  std::function<void(std::function<void()>)> ping_admin;  // a pulse of the admin listener
};

// The HTTP surface: `/`, `/metrics`, `/probe`, `/vitals`, `/scaling`, `/config`, and
// `/drain/wait`, `/-/healthy`, `/-/ready`, `/-/startup`, which stay open to all.
// `member` outlives them.
exporter::Routes MakePages(PageSources sources, Member& member);

}  // namespace mcp_vitals::app
