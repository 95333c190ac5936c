#include "app/probe_once.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <utility>

#include "app/version.h"
#include "probe/prober.h"

namespace mcp_vitals::app {

vitals::ProbeResult ProbeOnce(std::shared_ptr<const probe::Target> target, int* interrupted_by,
                              const std::string& token) {
  probe::Prober prober;
  prober.probe_token = token;
  prober.client_version = kVersion;
  const auto deadline = net::Clock::now() + target->timeout;
  vitals::ProbeResult result;
  boost::asio::io_context context(1);
  boost::asio::signal_set signals(context);
  if (interrupted_by != nullptr) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) signals.add(signal);
    signals.async_wait([&](const boost::system::error_code& error, int signal) {
      if (error) return;
      *interrupted_by = signal;
      prober.Interrupt();
      signals.clear();  // a second one ends the program at once
    });
  }
  boost::asio::co_spawn(context.get_executor(), probe::Probe(prober, std::move(target), deadline),
                        [&](const std::exception_ptr& bug, vitals::ProbeResult got) {
                          if (bug) std::rethrow_exception(bug);
                          result = std::move(got);
                          context.stop();  // nothing is left but to wait for a signal
                        });
  context.run();
  return result;
}

}  // namespace mcp_vitals::app
