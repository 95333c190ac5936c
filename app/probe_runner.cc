#include "app/probe_runner.h"

#include <boost/asio/co_spawn.hpp>
#include <future>
#include <utility>

#include "app/values.h"

namespace mcp_vitals::app {

namespace {

// For a probe loop that is busy with something else.
constexpr auto kGrace = std::chrono::seconds(5);
// What a scrape's time-out leaves of the time to clean up; a server that needs more of it does not
// keep the scrape from its answer.
constexpr auto kCleanup = std::chrono::milliseconds(250);

struct Answer {
  std::promise<vitals::ProbeResult> verdict;  // before the clean-up
  std::promise<vitals::ProbeResult> result;   // after it
};

vitals::ProbeResult Unanswered(const probe::Target& target) {
  vitals::ProbeResult result;
  result.target = target.name;
  result.url = target.url.ToString();
  result.started = std::chrono::system_clock::now();
  result.reason = vitals::Reason::kInternal;
  result.phase = vitals::Phase::kResolve;
  result.detail = "the probe loop did not answer";
  return result;
}

}  // namespace

exporter::ProbeOutcome RunModule(Loop& loop, probe::Prober& prober, const Config& config,
                                 const exporter::ProbeRequest& request) {
  exporter::ProbeOutcome outcome;
  const auto module = config.modules.find(request.module);
  auto url = ParseTargetUrl(request.target);
  if (module == config.modules.end() || !url) {
    outcome.error = url ? "unknown module" : "target: " + url.error().why;
    return outcome;
  }
  auto target = std::make_shared<probe::Target>(*module->second.target);
  target->url = std::move(*url);
  target->name = target->url.ToString();
  target->timeout = request.timeout;
  target->may_reach = [hosts = module->second.allowed_hosts](const std::string& host) {
    return exporter::IsAllowed(host, hosts);
  };

  const auto deadline = net::Clock::now() + request.timeout;
  // Shared: the probe may end after this thread has given up.
  auto answer = std::make_shared<Answer>();
  auto verdict = answer->verdict.get_future();
  auto result = answer->result.get_future();
  boost::asio::co_spawn(
      loop.context().get_executor(),
      probe::Probe(prober, std::shared_ptr<const probe::Target>(target), deadline,
                   [answer](const vitals::ProbeResult& got) { answer->verdict.set_value(got); }),
      [answer, target](const std::exception_ptr& bug, vitals::ProbeResult got) {
        answer->result.set_value(bug ? Unanswered(*target) : std::move(got));
      });
  if (result.wait_until(deadline + kCleanup) == std::future_status::ready) {
    outcome.result = result.get();
  } else if (verdict.wait_until(deadline + kGrace) == std::future_status::ready) {
    outcome.result = verdict.get();
  } else {
    outcome.result = Unanswered(*target);
  }
  outcome.result.url = PublicUrl(outcome.result.url);
  return outcome;
}

std::map<std::string, exporter::ProbeModule> ModulesOf(const Config& config) {
  std::map<std::string, exporter::ProbeModule> modules;
  for (const auto& [name, module] : config.modules) {
    modules[name] = {module.target->timeout, module.allowed_hosts, module.shown};
  }
  return modules;
}

}  // namespace mcp_vitals::app
