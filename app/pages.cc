#include "app/pages.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/connection_count.h"
#include "app/drain_pages.h"
#include "app/probe_runner.h"
#include "app/scaling_page.h"
#include "app/vitals_page.h"
#include "exporter/health.h"
#include "exporter/metrics.h"
#include "exporter/ready_checks.h"
#include "exporter/status_page.h"
#include "net/resolver.h"

namespace mcp_vitals::app {

namespace {

using exporter::Handler;
using exporter::ReadyCheck;
using exporter::Request;
using exporter::Response;

constexpr int kMaxProbes = 64;
constexpr int kMaxDrainWaits = 16;  // one for each other container of the pod
constexpr int kMaxVitals = 4;       // one for each scaler that asks, and some more
constexpr int kMaxReaders = 4;  // of a page for people; each place costs a thread, and its memory
constexpr int kMaxHealthChecks = 4;  // they wait for the same pulses

// Any answer shows that lookups go on; whether this name exists is another matter. One that takes
// until the deadline comes too late to count as a pulse.
net::Task<void> LookupLocalhost(std::function<void()> done) {
  constexpr auto kLimit = std::chrono::milliseconds(1500);
  co_await net::Lookup("localhost", "", net::Clock::now() + kLimit);
  done();
}

Response Text(std::string text) {
  Response response;
  response.body = std::move(text);
  return response;
}

std::function<void(std::function<void()>)> PostTo(Loop& loop) {
  return [&loop](std::function<void()> done) { loop.Post(std::move(done)); };
}

std::vector<exporter::Pulse> Pulses(const PageSources& sources) {
  const auto lookup = [&loop = sources.probe_loop](std::function<void()> done) {
    boost::asio::co_spawn(loop.context().get_executor(), LookupLocalhost(std::move(done)),
                          boost::asio::detached);
  };
  std::vector<exporter::Pulse> pulses = {{"probe loop", PostTo(sources.probe_loop)},
                                         {"control loop", PostTo(sources.control_loop)},
                                         {"admin listener", sources.ping_admin},
                                         {"resolver", lookup}};
  if (sources.proxy != nullptr) pulses.push_back({"proxy", PostTo(sources.proxy->loop())});
  if (sources.scaler != nullptr) pulses.push_back({"scaler", PostTo(sources.scaler->loop())});
  return pulses;
}

std::vector<ReadyCheck> ReadyChecks(const PageSources& sources) {
  const auto not_stopping = [&stopping = sources.stopping] {
    return ReadyCheck::Verdict{!stopping, stopping ? "the program is stopping" : ""};
  };
  std::vector<ReadyCheck> checks = {exporter::InPodHandshake(sources.vitals),
                                    exporter::SaturationUnderLimit(sources.saturation),
                                    {"not stopping", not_stopping}};
  if (sources.proxy != nullptr) checks.push_back(NotDraining(sources.proxy));
  return checks;
}

// The configuration may change by a reload, so that the source is made anew for each scrape.
// `behind_proxy` is of the proxy that runs.
Response Metrics(const PageSources& sources, std::optional<std::uint16_t> behind_proxy) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  exporter::MetricsSource source;
  source.probes = &sources.vitals;
  source.self = &sources.self;
  const auto config = sources.config();
  source.constant_labels = config->labels;
  source.server = config->server;
  const vitals::SaturationReport saturation = sources.saturation.Get();
  if (!saturation.endpoint.empty()) source.saturation = saturation;
  source.connections = CountConnections(*config, saturation, behind_proxy);
  if (sources.proxy != nullptr) {
    source.server = sources.proxy->server();
    source.behind = sources.proxy->Snapshot();
    if (source.behind && source.behind->drain == vitals::DrainState::kDrained) {
      sources.scraped_drained = true;
    }
  }
  if (sources.scaler != nullptr) source.scaler = sources.scaler->Vitals();
  response.stream = [source = std::move(source)](std::ostream& out) {
    exporter::WriteMetrics(source, out);
  };
  return response;
}

Handler ProbePage(const PageSources& sources) {
  const Handler probe = exporter::ProbeHandler(
      [sources] { return ModulesOf(*sources.config()); },
      [sources](const exporter::ProbeRequest& request) {
        return RunModule(sources.probe_loop, sources.prober, *sources.config(), request);
      });
  // A probe that was interrupted has found out nothing.
  return [probe, &stopping = sources.stopping](const Request& request) {
    Response response = stopping ? Response() : probe(request);
    if (!stopping) return response;
    response = Text("the program is stopping\n");
    response.status = 503;
    return response;
  };
}

exporter::StatusSources StatusOf(const PageSources& sources) {
  exporter::StatusSources status{sources.vitals, sources.saturation, sources.self, "", nullptr,
                                 nullptr};
  if (sources.scaler != nullptr) {
    status.scaler = [scaler = sources.scaler] { return scaler->Vitals(); };
  }
  if (sources.proxy == nullptr) return status;
  status.server = sources.proxy->server();
  status.behind = [proxy = sources.proxy] { return proxy->Snapshot(); };
  return status;
}

Handler Scaling(ScalerRunner* scaler) {
  if (scaler == nullptr) return ScalingPage(nullptr);
  return ScalingPage([scaler] { return scaler->ReportHistory(); });
}

}  // namespace

exporter::Routes MakePages(PageSources sources, Member& member) {
  exporter::Routes routes;
  routes["/"] = {exporter::StatusPage(StatusOf(sources)), false, kMaxReaders};
  routes["/metrics"].handler = [sources, behind_proxy = PortBehindProxy(*sources.config())](
                                   const Request&) { return Metrics(sources, behind_proxy); };
  const bool may_probe = !sources.config()->modules.empty();
  routes["/probe"] = {ProbePage(sources), false, may_probe ? kMaxProbes : kMaxReaders};
  routes["/vitals"] = {VitalsPage(member), false, kMaxVitals};
  routes["/scaling"] = {Scaling(sources.scaler), false, kMaxReaders};
  const auto config = [sources](const Request&) { return Text(sources.shown_config()); };
  routes["/config"] = {config, false, kMaxReaders};
  if (sources.proxy != nullptr) {
    const proxy::DrainTimes times = sources.config()->proxy->settings.drain;
    routes["/drain/wait"] = {DrainWait(sources.proxy, times), true, kMaxDrainWaits};
  }
  routes["/-/healthy"] = {exporter::HealthyHandler(Pulses(sources)), true, kMaxHealthChecks};
  routes["/-/ready"] = {exporter::ReadyHandler(ReadyChecks(sources)), true, kMaxHealthChecks};
  const auto started = [](const Request&) { return Text("configured and listening\n"); };
  routes["/-/startup"] = {started, true, kMaxHealthChecks};
  return routes;
}

}  // namespace mcp_vitals::app
