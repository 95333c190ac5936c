#include "net/connect.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <string>
#include <utility>

#include "net/error.h"

namespace mcp_vitals::net {

namespace {

constexpr auto kAttemptDelay = std::chrono::milliseconds(250);  // RFC 8305, section 5
constexpr std::size_t kMaxAddresses = 16;

using asio::ip::tcp;

// The attempts under way. Completion handlers hold it, so that it outlives them.
struct Race : std::enable_shared_from_this<Race> {
  Race(Executor executor, std::vector<asio::ip::address> list, std::uint16_t to_port)
      : addresses(std::move(list)), port(to_port), wake(executor) {}

  void StartNext() {
    const std::size_t index = attempts.size();
    attempts.push_back(std::make_unique<TcpSocket>(wake.get_executor()));
    ++pending;
    attempts.back()->async_connect(
        tcp::endpoint(addresses[index], port),
        [self = shared_from_this(), index](const boost::system::error_code& ec) {
          self->Finished(index, ec);
        });
  }

  void Finished(std::size_t index, const boost::system::error_code& ec) {
    --pending;
    last = index;
    if (!ec && !winner) winner = index;
    if (ec && !winner && !over) {
      all_refused = all_refused && ec == asio::error::connection_refused;
      if (!detail.empty()) detail += "; ";
      detail += addresses[index].to_string() + ": " + ec.message();
    }
    wake.cancel();
  }

  void CloseLosers() {
    over = true;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
      boost::system::error_code ignored;
      if (winner != i) attempts[i]->close(ignored);
    }
  }

  std::vector<asio::ip::address> addresses;
  std::uint16_t port;
  Timer wake;  // cancelled whenever an attempt has ended
  std::vector<std::unique_ptr<TcpSocket>> attempts;
  std::size_t pending = 0;
  std::size_t last = 0;
  std::optional<std::size_t> winner;
  bool all_refused = true;
  bool over = false;
  std::string detail;
};

}  // namespace

std::vector<asio::ip::address> Interleave(std::vector<asio::ip::address> addresses) {
  if (addresses.empty()) return addresses;
  const bool first_is_v6 = addresses.front().is_v6();
  const auto second_family =
      std::stable_partition(addresses.begin(), addresses.end(),
                            [first_is_v6](const auto& a) { return a.is_v6() == first_is_v6; });
  std::vector<asio::ip::address> mixed;
  mixed.reserve(addresses.size());
  auto one = addresses.begin();
  auto two = second_family;
  while (one != second_family || two != addresses.end()) {
    if (one != second_family) mixed.push_back(*one++);
    if (two != addresses.end()) mixed.push_back(*two++);
  }
  return mixed;
}

Task<Result<TcpSocket>> Connect(Executor executor, std::vector<asio::ip::address> addresses,
                                std::uint16_t port, Deadline deadline, DialTrace& trace) {
  addresses = Interleave(std::move(addresses));
  if (addresses.size() > kMaxAddresses) addresses.resize(kMaxAddresses);
  if (addresses.empty()) co_return Error::kNameNotFound;
  const auto race = std::make_shared<Race>(executor, std::move(addresses), port);
  while (!race->winner) {
    const bool more = race->attempts.size() < race->addresses.size();
    if (race->pending == 0 && !more) break;
    if (more) race->StartNext();
    const bool still_more = race->attempts.size() < race->addresses.size();
    const Deadline next = Clock::now() + kAttemptDelay;
    race->wake.expires_at(still_more ? std::min(deadline, next) : deadline);
    co_await race->wake.async_wait(asio::as_tuple(kUseTask));
    if (!race->winner && Clock::now() >= deadline) {
      trace.address = race->addresses[race->attempts.size() - 1];
      trace.detail = race->detail;
      race->CloseLosers();
      co_return Error::kTimeout;
    }
  }
  trace.address = race->addresses[race->winner.value_or(race->last)];
  race->CloseLosers();
  if (!race->winner) {
    trace.detail = race->detail;
    co_return race->all_refused ? Error::kRefused : Error::kConnectFailed;
  }
  TcpSocket socket = std::move(*race->attempts[*race->winner]);
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  co_return std::move(socket);
}

}  // namespace mcp_vitals::net
