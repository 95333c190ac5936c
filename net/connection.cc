#include "net/connection.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <utility>

#include "net/connection_impl.h"

namespace mcp_vitals::net {

void Connection::Impl::Guard(Deadline new_deadline) {
  if (new_deadline == deadline) return;
  deadline = new_deadline;
  timed_out = false;
  timer.expires_at(deadline);
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    // A wait that was replaced while it was being delivered is told apart by the time.
    if (ec || !self || self->deadline > Clock::now()) return;
    self->timed_out = true;
    boost::system::error_code ignored;
    self->socket.cancel(ignored);
  });
}

void Connection::Impl::Close() {
  // Once the deadline has passed, the peer gets no farewell that it might not read either.
  if (tls && !timed_out) tls->SayGoodbye();
  boost::system::error_code ignored;
  socket.close(ignored);
}

Connection::Connection(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&& other) noexcept {
  if (this != &other) {
    Close();
    impl_ = std::move(other.impl_);
  }
  return *this;
}
Connection::~Connection() { Close(); }

int Connection::Release() && {
  impl_->timer.cancel();
  boost::system::error_code ec;
  const int fd = impl_->socket.release(ec);
  return ec ? -1 : fd;
}

void Connection::SetDeadline(Deadline deadline) { impl_->Guard(deadline); }

void Connection::Close() {
  if (impl_) impl_->Close();
}

Task<Result<void>> Connection::Write(std::string_view bytes) {
  const auto impl = impl_;
  if (impl->timed_out) co_return Error::kTimeout;
  if (impl->tls) co_return co_await impl->tls->Write(bytes);
  while (true) {
    // A request nearly always fits the socket's buffer: sent here and now, it costs no pass through
    // the event loop.
    const auto sent = ::send(impl->socket.native_handle(), bytes.data(), bytes.size(),
                             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) co_return Error::kReset;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (bytes.empty()) co_return Result<void>();
    if (impl->timed_out) co_return Error::kTimeout;
    const auto [ec] = co_await impl->socket.async_wait(TcpSocket::wait_write, kUseTaskTuple);
    if (ec) co_return WaitError(ec);
  }
}

Task<Result<std::size_t>> Connection::ReadSome(std::span<char> into) {
  const auto impl = impl_;
  if (impl->timed_out) co_return Error::kTimeout;
  if (impl->tls) co_return co_await impl->tls->ReadSome(into);
  const auto [ec, size] =
      co_await impl->socket.async_read_some(asio::buffer(into.data(), into.size()), kUseTaskTuple);
  if (!ec) co_return size;
  if (ec == asio::error::eof) co_return std::size_t{0};
  co_return WaitError(ec);
}

bool Connection::IdleAndOpen() {
  if (!impl_->socket.is_open() || impl_->timed_out) return false;
  if (impl_->tls && impl_->tls->has_pending()) return false;
  char byte;
  const auto peeked = ::recv(impl_->socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace mcp_vitals::net
