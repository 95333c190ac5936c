#include "app/run_command.h"

#include <malloc.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <vector>

#include "app/sidecar.h"
#include "app/signals.h"
#include "app/version.h"

namespace mcp_vitals::app {

namespace {

int Complain(const std::string& why) {
  std::fprintf(stderr, "mcp-vitals run: %s\n", why.c_str());
  return 2;
}

void LogStart(const Log& log, const Config& config, const std::string& url) {
  const auto fact = [&config](const char* name) -> std::string_view {
    const auto known = config.identity.find(name);
    return known == config.identity.end() ? std::string_view() : known->second;
  };
  log.Info("started", {{"version", kVersion},
                       {"config", config.file},
                       {"listen", config.listen},
                       {"url", url},
                       {"admin", config.admin_listen},
                       {"targets", std::to_string(config.targets.size())},
                       {"modules", std::to_string(config.modules.size())},
                       {"pod", fact("pod")},
                       {"namespace", fact("namespace")},
                       {"node", fact("node")}});
}

// Each probe and each HTTP client takes a descriptor; what the soft limit keeps back is of no use.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));  // the soft limit it is, then
}

constexpr auto kLook = std::chrono::milliseconds(100);

// Until it is over, its time is, or another signal says that it is enough.
void Drain(Sidecar& sidecar, std::chrono::milliseconds timeout, const Log& log,
           const Signals& signals) {
  constexpr auto kCutTime = std::chrono::seconds(1);  // for the proxy to cut what is left
  if (sidecar.is_drained()) return;
  log.Info("draining: streams and calls end before the program does");
  const auto until = std::chrono::steady_clock::now() + timeout + kCutTime;
  sidecar.Drain();
  while (!sidecar.is_drained()) {
    const int signal = signals.Wait(kLook);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (std::chrono::steady_clock::now() < until) continue;
    return log.Warn("the proxy does not end its drain in time: stopping without");
  }
}

// What was cut is in mcp_drain_cut_total for whoever scrapes in time, or is known to nobody.
void TellWhatWasCut(Sidecar& sidecar, const Log& log, const Signals& signals) {
  constexpr auto kScrapeInterval = std::chrono::seconds(15);
  const auto server = sidecar.Snapshot();
  if (server == nullptr || server->cut_by_drain == 0) return;
  log.Warn("the drain has cut what was still under way at its end",
           {{"exchanges", std::to_string(server->cut_by_drain)}});
  if (sidecar.scraped_drained()) return;
  log.Info("waiting for one more scrape of what was cut");
  sidecar.EndProbes();  // since the pod's grace period may end before this does
  const auto until = std::chrono::steady_clock::now() + kScrapeInterval;
  while (!sidecar.scraped_drained() && std::chrono::steady_clock::now() < until) {
    const int signal = signals.Wait(kLook);
    if (signal == SIGTERM || signal == SIGINT) return;
  }
}

int Serve(const std::shared_ptr<const Config>& config, const Log& log, const Signals& signals) {
  std::string error;
  auto sidecar = Sidecar::Start(config, log, error);
  if (sidecar == nullptr) return Complain(error);
  LogStart(log, *config, sidecar->url());
  int signal = signals.Wait();
  for (; signal == SIGHUP; signal = signals.Wait()) sidecar->Reload();
  if (signal == SIGTERM && config->proxy) {
    Drain(*sidecar, config->proxy->settings.drain.timeout, log, signals);
    TellWhatWasCut(*sidecar, log, signals);
  }
  log.Info("stopping: probes under way end their sessions");
  signals.Release();
  sidecar.reset();
  log.Info("stopped");
  return 0;
}

}  // namespace

int RunCommand(const RunFlags& flags) {
  const auto level = ParseLogLevel(flags.log_level);
  if (!level) return Complain("--log-level: " + level.error().why);
  const auto format = ParseLogFormat(flags.log_format);
  if (!format) return Complain("--log-format: " + format.error().why);
  // Before the configuration is read, whose defaults ask for it.
  RaiseDescriptorLimit();
  const LoadedConfig loaded = LoadConfig(flags.config);
  if (!loaded.config) {
    for (const std::string& error : loaded.errors) std::fprintf(stderr, "%s\n", error.c_str());
    return 2;
  }
  if (flags.check_config) {
    std::printf("%s is good: %zu targets, %zu modules\n", flags.config.c_str(),
                loaded.config->targets.size(), loaded.config->modules.size());
    return 0;
  }
  // One heap for all threads. glibc would give each thread of the HTTP server its own, and keep in
  // every one of them what a scrape has needed once.
  ::mallopt(M_ARENA_MAX, 1);
  const Signals signals;
  const Log log(StandardError(), *level, *format);
  return Serve(loaded.config, log, signals);
}

}  // namespace mcp_vitals::app
