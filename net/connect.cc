#include "net/connect.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "net/error.h"

namespace mcp_vitals::net {

namespace {

constexpr auto kAttemptDelay = std::chrono::milliseconds(250);  // RFC 8305, section 5
constexpr std::size_t kMaxAddresses = 16;

using asio::ip::tcp;

// What failed attempts said.
struct Failures {
  void Add(const asio::ip::address& address, const boost::system::error_code& ec) {
    all_refused = all_refused && ec == asio::error::connection_refused;
    no_descriptors = no_descriptors || ec == boost::system::errc::too_many_files_open ||
                     ec == boost::system::errc::too_many_files_open_in_system;
    if (!detail.empty()) detail += "; ";
    detail += address.to_string() + ": " + ec.message();
  }
  Error error() const {
    if (no_descriptors) return Error::kNoDescriptors;
    return all_refused ? Error::kRefused : Error::kConnectFailed;
  }

  bool all_refused = true;
  bool no_descriptors = false;
  std::string detail;
};

Task<Result<void>> ConnectToOne(Connection::Impl& connection, asio::ip::address address,
                                std::uint16_t port, DialTrace& trace) {
  trace.address = address;
  const auto [ec] =
      co_await connection.socket.async_connect(tcp::endpoint(address, port), kUseTaskTuple);
  if (connection.timed_out) co_return Error::kTimeout;
  if (!ec) co_return Result<void>();
  Failures failures;
  failures.Add(address, ec);
  trace.detail = std::move(failures.detail);
  co_return failures.error();
}

// The attempts under way. Completion handlers hold it, so that it outlives them.
struct Race : std::enable_shared_from_this<Race> {
  Race(Executor executor, Addresses list, std::uint16_t to_port)
      : addresses(std::move(list)), port(to_port), wake(executor) {}

  bool more() const { return attempts.size() < addresses.size(); }

  void StartNext() {
    const std::size_t index = attempts.size();
    ++pending;
    attempts.emplace_back(wake.get_executor())
        .async_connect(tcp::endpoint(addresses[index], port),
                       [self = shared_from_this(), index](const boost::system::error_code& ec) {
                         self->Ended(index, ec);
                       });
  }

  void Ended(std::size_t index, const boost::system::error_code& ec) {
    --pending;
    if (over || winner) return;
    last_ended = index;
    if (ec) {
      failures.Add(addresses[index], ec);
    } else {
      winner = index;
    }
    wake.cancel();
  }

  Addresses addresses;
  std::uint16_t port;
  Timer wake;  // cancelled whenever an attempt has ended
  std::deque<TcpSocket> attempts;
  std::size_t pending = 0;
  std::size_t last_ended = 0;
  std::optional<std::size_t> winner;
  Failures failures;
  bool over = false;
};

// Closes what is left of a race, also when the coroutine that awaits it is destroyed.
struct Finish {
  ~Finish() {
    race->over = true;
    boost::system::error_code ignored;
    for (TcpSocket& socket : race->attempts) socket.close(ignored);
  }
  std::shared_ptr<Race> race;
};

Task<Result<void>> RunRace(Connection::Impl& connection, Addresses addresses, std::uint16_t port,
                           DialTrace& trace) {
  const auto race =
      std::make_shared<Race>(connection.socket.get_executor(), std::move(addresses), port);
  const Finish finish{race};
  while (!race->winner && (race->pending > 0 || race->more())) {
    if (race->more()) race->StartNext();
    const Deadline next = race->more() ? Clock::now() + kAttemptDelay : Deadline::max();
    race->wake.expires_at(std::min(connection.deadline, next));
    (void)co_await race->wake.async_wait(kUseTaskTuple);
    if (!race->winner && Clock::now() >= connection.deadline) {
      trace.address = race->addresses[race->attempts.size() - 1];
      trace.detail = race->failures.detail;
      co_return Error::kTimeout;
    }
  }
  trace.address = race->addresses[race->winner.value_or(race->last_ended)];
  trace.detail = race->winner ? "" : race->failures.detail;
  if (!race->winner) co_return race->failures.error();
  connection.socket = std::move(race->attempts[*race->winner]);
  co_return Result<void>();
}

}  // namespace

Addresses Interleave(const Addresses& addresses) {
  Addresses mixed;
  mixed.reserve(addresses.size());
  const auto next = [&](auto from, bool v6) {
    return std::find_if(from, addresses.end(), [v6](const auto& a) { return a.is_v6() == v6; });
  };
  bool v6 = !addresses.empty() && addresses.front().is_v6();
  auto one = next(addresses.begin(), v6);
  auto other = next(addresses.begin(), !v6);
  while (one != addresses.end()) {
    mixed.push_back(*one);
    one = next(one + 1, v6);
    if (other == addresses.end()) continue;
    std::swap(one, other);
    v6 = !v6;
  }
  return mixed;
}

Task<Result<void>> ConnectToAny(Connection::Impl& connection, Addresses addresses,
                                std::uint16_t port, DialTrace& trace) {
  if (addresses.size() > 1) addresses = Interleave(addresses);
  if (addresses.size() > kMaxAddresses) addresses.resize(kMaxAddresses);
  const auto connected = addresses.size() == 1
                             ? co_await ConnectToOne(connection, addresses.front(), port, trace)
                             : co_await RunRace(connection, std::move(addresses), port, trace);
  if (!connected) co_return connected;
  boost::system::error_code ignored;
  connection.socket.set_option(tcp::no_delay(true), ignored);
  co_return connected;
}

}  // namespace mcp_vitals::net
