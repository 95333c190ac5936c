#include "net/connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "net/connect.h"
#include "net/connection_impl.h"
#include "net/resolver.h"
#include "net/tls_handshake.h"

namespace mcp_vitals::net {

namespace {

constexpr auto kTuple = asio::as_tuple(kUseTask);

Error ToError(const boost::system::error_code& ec) {
  // A TLS stream that ends without its closing message may have been cut by anybody.
  return ec == asio::ssl::error::stream_truncated ? Error::kClosedEarly : Error::kReset;
}

Task<Result<std::vector<asio::ip::address>>> Addresses(const Endpoint& endpoint,
                                                       Deadline deadline) {
  if (endpoint.address.empty()) return Lookup(endpoint.host, endpoint.dns_server, deadline);
  return Lookup(endpoint.address, "", deadline);
}

}  // namespace

void Connection::Impl::Guard(Deadline new_deadline) {
  if (new_deadline == deadline) return;
  deadline = new_deadline;
  timer.expires_at(deadline);
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    // A wait that was replaced while it was being delivered is told apart by the time.
    if (ec || !self || self->deadline > Clock::now()) return;
    self->timed_out = true;
    boost::system::error_code ignored;
    self->tcp().close(ignored);
  });
}

Connection::Connection(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::SetDeadline(Deadline deadline) { impl_->Guard(deadline); }

Task<Result<void>> Connection::Write(std::string_view bytes) {
  const auto impl = impl_;
  if (impl->timed_out) co_return Error::kTimeout;
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  const auto [ec, written] = impl->tls ? co_await asio::async_write(*impl->tls, buffer, kTuple)
                                       : co_await asio::async_write(impl->socket, buffer, kTuple);
  if (impl->timed_out) co_return Error::kTimeout;
  if (ec) co_return ToError(ec);
  co_return Result<void>();
}

Task<Result<std::size_t>> Connection::ReadSome(std::span<char> into) {
  const auto impl = impl_;
  if (impl->timed_out) co_return Error::kTimeout;
  const auto buffer = asio::buffer(into.data(), into.size());
  const auto [ec, size] = impl->tls ? co_await impl->tls->async_read_some(buffer, kTuple)
                                    : co_await impl->socket.async_read_some(buffer, kTuple);
  if (impl->timed_out) co_return Error::kTimeout;
  if (ec == asio::error::eof) co_return std::size_t{0};
  if (ec) co_return ToError(ec);
  co_return size;
}

bool Connection::IdleAndOpen() {
  if (impl_->timed_out || !impl_->tcp().is_open()) return false;
  char byte;
  const auto peeked = ::recv(impl_->tcp().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Task<Result<Connection>> Dial(Endpoint endpoint, Deadline deadline, DialTrace& trace) {
  const Executor executor = co_await asio::this_coro::executor;
  trace.step = DialTrace::Step::kResolve;
  auto began = Clock::now();
  auto addresses = co_await Addresses(endpoint, deadline);
  auto ended = Clock::now();
  trace.resolve = ended - began;
  if (!addresses) co_return addresses.error();

  trace.step = DialTrace::Step::kConnect;
  began = ended;
  auto socket = co_await Connect(executor, std::move(*addresses), endpoint.port, deadline, trace);
  ended = Clock::now();
  trace.connect = ended - began;
  if (!socket) co_return socket.error();
  auto impl = std::make_shared<Connection::Impl>(std::move(*socket));
  if (!endpoint.tls) co_return Connection(std::move(impl));

  trace.step = DialTrace::Step::kTls;
  began = ended;
  impl->tls.emplace(std::move(impl->socket), endpoint.tls->context());
  impl->Guard(deadline);
  const auto shaken = co_await ShakeHands(*impl->tls, endpoint.tls, endpoint.host, trace);
  trace.tls = Clock::now() - began;
  if (impl->timed_out) co_return Error::kTimeout;
  if (!shaken) co_return shaken.error();
  co_return Connection(std::move(impl));
}

}  // namespace mcp_vitals::net
