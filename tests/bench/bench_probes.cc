// Runs probes in a closed loop on one io_context, so many at once, for a fixed time.
//
//   bench_probes PORT PATH IN_FLIGHT SECONDS
//
// Each has an address of its own (127.0.1.1, 127.0.2.1, …): to one alone the kernel has ports for
// some 14,000 connections a second, and searches long for them before that. The first probe of each
// finds the era out, unmeasured, and must succeed. Prints one line of JSON: probes, failures,
// seconds of wall clock, of user and of system time of this process.
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/url.h"
#include "probe/prober.h"
#include "probe/target.h"

namespace {

using mcp_vitals::net::Clock;
using mcp_vitals::net::Task;
using mcp_vitals::probe::Prober;
using mcp_vitals::probe::Target;

struct Tally {
  long probes = 0;
  long failures = 0;
};

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// The prober and the tally outlive the loop: main holds them until the io_context has run dry.
Task<void> ProbeUntil(Prober& prober, std::shared_ptr<const Target> target, Clock::time_point until,
                      Tally& tally) {
  do {
    const auto result =
        co_await mcp_vitals::probe::Probe(prober, target, Clock::now() + target->timeout);
    ++tally.probes;
    if (!result.success || !result.session_closed() || !result.tools) ++tally.failures;
  } while (Clock::now() < until);
}

// One probe that must be good; what is wrong is printed.
Task<void> ProbeOnce(Prober& prober, std::shared_ptr<const Target> target, bool& good) {
  const auto result =
      co_await mcp_vitals::probe::Probe(prober, target, Clock::now() + target->timeout);
  if (result.success) co_return;
  good = false;
  std::fprintf(stderr, "bench_probes: %s\n", result.detail.c_str());
}

Tally Run(const std::vector<std::shared_ptr<const Target>>& targets, double seconds) {
  boost::asio::io_context context(1);
  Prober prober;
  prober.client_version = "0";
  bool good = true;
  for (const auto& target : targets) {
    boost::asio::co_spawn(context, ProbeOnce(prober, target, good), boost::asio::detached);
  }
  context.run();
  if (!good) std::exit(1);

  Tally tally;
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const auto began = Clock::now();
  const auto until =
      began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  context.restart();
  for (const auto& target : targets) {
    boost::asio::co_spawn(context, ProbeUntil(prober, target, until, tally), boost::asio::detached);
  }
  context.run();
  const std::chrono::duration<double> wall = Clock::now() - began;
  getrusage(RUSAGE_SELF, &after);
  std::printf(
      "{\"probes\": %ld, \"failures\": %ld, \"wall\": %.6f, \"user\": %.6f, \"sys\": %.6f}\n",
      tally.probes, tally.failures, wall.count(),
      Seconds(after.ru_utime) - Seconds(before.ru_utime),
      Seconds(after.ru_stime) - Seconds(before.ru_stime));
  return tally;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  const int in_flight = argc == 5 ? std::atoi(arguments[3]) : 0;
  if (in_flight < 1 || in_flight > 250) {
    std::fputs("usage: bench_probes PORT PATH IN_FLIGHT SECONDS\n", stderr);
    return 2;
  }
  std::vector<std::shared_ptr<const Target>> targets;
  for (int i = 1; i <= in_flight; ++i) {
    auto target = std::make_shared<Target>();
    target->name = "bench";
    target->url = *mcp_vitals::net::ParseUrl("http://127.0." + std::to_string(i) +
                                             ".1:" + arguments[1] + arguments[2]);
    targets.push_back(std::move(target));
  }
  return Run(targets, std::atof(arguments[4])).failures == 0 ? 0 : 1;
}
