#include <boost/asio/this_coro.hpp>
#include <utility>

#include "net/connect.h"
#include "net/connection.h"
#include "net/connection_impl.h"
#include "net/resolver.h"
#include "net/tls_handshake.h"

namespace mcp_vitals::net {

namespace {

// Writes the time from its making to its end into the trace, whichever way the step ends.
class StepClock {
 public:
  StepClock(DialTrace& trace, DialTrace::Step step, std::optional<Clock::duration>& spent)
      : spent_(spent), began_(Clock::now()) {
    trace.step = step;
  }
  ~StepClock() { spent_ = Clock::now() - began_; }
  StepClock(const StepClock&) = delete;
  StepClock& operator=(const StepClock&) = delete;

 private:
  std::optional<Clock::duration>& spent_;
  Clock::time_point began_;
};

Task<Result<Addresses>> Resolve(const Endpoint& endpoint, Deadline deadline, DialTrace& trace) {
  const StepClock clock(trace, DialTrace::Step::kResolve, trace.resolve);
  const std::string& name = endpoint.address.empty() ? endpoint.host : endpoint.address;
  if (const auto literal = ParseAddress(name)) co_return Addresses{*literal};
  co_return co_await Lookup(name, endpoint.dns_server, deadline);
}

Task<Result<void>> Connect(Connection::Impl& connection, Addresses addresses, std::uint16_t port,
                           DialTrace& trace) {
  const StepClock clock(trace, DialTrace::Step::kConnect, trace.connect);
  co_return co_await ConnectToAny(connection, std::move(addresses), port, trace);
}

Task<Result<void>> StartTls(Connection::Impl& connection, const Endpoint& endpoint,
                            DialTrace& trace) {
  const StepClock clock(trace, DialTrace::Step::kTls, trace.tls);
  connection.tls.emplace(connection.socket, connection.timed_out, endpoint.tls->context());
  const auto shaken = co_await ShakeHands(*connection.tls, endpoint.tls->config(),
                                          endpoint.trust_only, endpoint.host, trace);
  if (connection.timed_out) co_return Error::kTimeout;
  co_return shaken;
}

}  // namespace

Task<Result<Connection>> Dial(Endpoint endpoint, Deadline deadline, DialTrace& trace) {
  auto addresses = co_await Resolve(endpoint, deadline, trace);
  if (!addresses) co_return addresses.error();
  const auto impl =
      std::make_shared<Connection::Impl>(Executor(co_await asio::this_coro::executor));
  Connection connection(impl);
  impl->Guard(deadline);
  const auto connected = co_await Connect(*impl, std::move(*addresses), endpoint.port, trace);
  if (!connected) co_return connected.error();
  if (endpoint.tls) {
    const auto secured = co_await StartTls(*impl, endpoint, trace);
    if (!secured) co_return secured.error();
  }
  co_return std::move(connection);
}

}  // namespace mcp_vitals::net
