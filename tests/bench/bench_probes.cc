// Runs probes in a closed loop on one io_context, so many at once, for a fixed time.
//
//   bench_probes URL IN_FLIGHT SECONDS
//
// The first probe finds the era out, unmeasured, and must succeed. Prints one line of JSON: probes,
// failures, seconds of wall clock, of user and of system time of this process.
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>

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
    if (!result.success || !result.session_closed || !result.tools) ++tally.failures;
  } while (Clock::now() < until);
}

// One probe that must be good; what is wrong is printed.
Task<void> ProbeOnce(Prober& prober, std::shared_ptr<const Target> target, bool& good) {
  const auto result =
      co_await mcp_vitals::probe::Probe(prober, target, Clock::now() + target->timeout);
  good = result.success;
  if (!good) std::fprintf(stderr, "bench_probes: %s\n", result.detail.c_str());
}

Tally Run(std::shared_ptr<const Target> target, int in_flight, double seconds) {
  boost::asio::io_context context(1);
  Prober prober;
  prober.client_version = "0";
  bool good = false;
  boost::asio::co_spawn(context, ProbeOnce(prober, target, good), boost::asio::detached);
  context.run();
  if (!good) std::exit(1);

  Tally tally;
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const auto began = Clock::now();
  const auto until =
      began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  context.restart();
  for (int i = 0; i < in_flight; ++i) {
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
  const auto url = mcp_vitals::net::ParseUrl(argc == 4 ? arguments[1] : "");
  if (!url) {
    std::fputs("usage: bench_probes URL IN_FLIGHT SECONDS\n", stderr);
    return 2;
  }
  auto target = std::make_shared<Target>();
  target->name = "bench";
  target->url = *url;
  return Run(target, std::atoi(arguments[2]), std::atof(arguments[3])).failures == 0 ? 0 : 1;
}
