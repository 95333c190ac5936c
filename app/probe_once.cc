#include "app/probe_once.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <utility>

#include "app/version.h"
#include "probe/prober.h"

namespace mcp_vitals::app {

vitals::ProbeResult ProbeOnce(std::shared_ptr<const probe::Target> target) {
  probe::Prober prober;
  prober.client_version = kVersion;
  const auto deadline = net::Clock::now() + target->timeout;
  vitals::ProbeResult result;
  boost::asio::io_context context(1);
  boost::asio::co_spawn(context.get_executor(), probe::Probe(prober, std::move(target), deadline),
                        [&](const std::exception_ptr& bug, vitals::ProbeResult got) {
                          if (bug) std::rethrow_exception(bug);
                          result = std::move(got);
                        });
  context.run();
  return result;
}

}  // namespace mcp_vitals::app
