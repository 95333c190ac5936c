#include "app/pages.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/probe_runner.h"
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
  return {{"probe loop", PostTo(sources.probe_loop)},
          {"control loop", PostTo(sources.control_loop)},
          {"admin listener", sources.ping_admin},
          {"resolver", lookup}};
}

std::vector<ReadyCheck> ReadyChecks(const PageSources& sources) {
  const auto not_stopping = [&stopping = sources.stopping] {
    return ReadyCheck::Verdict{!stopping, stopping ? "the program is stopping" : ""};
  };
  return {exporter::InPodHandshake(sources.vitals), {"not stopping", not_stopping}};
}

// Labels may change by a reload, so that the source is made anew for each scrape.
Response Metrics(const PageSources& sources) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.stream =
      [source = exporter::MetricsSource{&sources.vitals, &sources.self, sources.config()->labels}](
          std::ostream& out) { exporter::WriteMetrics(source, out); };
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

}  // namespace

exporter::Routes MakePages(PageSources sources) {
  exporter::Routes routes;
  routes["/"].handler = exporter::StatusPage(sources.vitals, sources.self);
  routes["/metrics"].handler = [sources](const Request&) { return Metrics(sources); };
  routes["/probe"] = {ProbePage(sources), false, kMaxProbes};
  routes["/config"].handler = [sources](const Request&) { return Text(sources.config()->shown); };
  routes["/-/healthy"] = {exporter::HealthyHandler(Pulses(sources)), true, kMaxHealthChecks};
  routes["/-/ready"] = {exporter::ReadyHandler(ReadyChecks(sources)), true};
  routes["/-/startup"] = {[](const Request&) { return Text("configured and listening\n"); }, true};
  return routes;
}

}  // namespace mcp_vitals::app
