#include "net/stream.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <utility>

#include "net/socket_bio.h"

namespace mcp_vitals::net {

namespace {

// The system calls alone: in a program with threads, libc's functions also make each a point at
// which its thread may be cancelled.
long Receive(int fd, std::span<char> into) {
  return ::syscall(SYS_recvfrom, fd, into.data(), into.size(), MSG_DONTWAIT, nullptr, nullptr);
}
long Send(int fd, std::string_view bytes) {
  return ::syscall(SYS_sendto, fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT, nullptr,
                   0);
}

void Set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

}  // namespace

Stream::Stream(int fd) : fd_(fd), ssl_(nullptr, &SSL_free) {
  Set(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  Set(fd_, SOL_SOCKET, SO_KEEPALIVE, 1);
  Set(fd_, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  Set(fd_, IPPROTO_TCP, TCP_KEEPINTVL, 10);
  Set(fd_, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

Stream::Stream(Stream&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ssl_(std::move(other.ssl_)) {}

void Stream::StartTls(boost::asio::ssl::context& context) {
  ssl_.reset(SSL_new(context.native_handle()));
  BIO* const bio = NewSocketBio(fd_);
  if (!ssl_ || bio == nullptr) throw std::bad_alloc();
  SSL_set_bio(ssl_.get(), bio, bio);
  // What could not be written is tried again from elsewhere; and who is idle holds no buffer.
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  SSL_set_accept_state(ssl_.get());
}

Stream::Status Stream::TlsStatus(int result) const {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Status::kWouldBlock;
    case SSL_ERROR_ZERO_RETURN:
      return Status::kEnded;
    default:
      return Status::kBroken;
  }
}

// As much as has come, since what OpenSSL holds no wait would tell of.
Stream::Transfer Stream::ReadTls(std::span<char> into) {
  std::size_t all = 0;
  while (all < into.size()) {
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data() + all, into.size() - all, &got);
    if (result == 1) {
      all += got;
    } else {
      return {all > 0 ? Status::kDone : TlsStatus(result), all};
    }
  }
  return {Status::kDone, all};
}

Stream::Transfer Stream::WriteTls(std::string_view bytes) {
  std::size_t all = 0;
  while (all < bytes.size()) {
    ERR_clear_error();
    std::size_t sent = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data() + all, bytes.size() - all, &sent);
    if (result != 1) return {TlsStatus(result), all};
    all += sent;
  }
  return {Status::kDone, all};
}

Stream::Transfer Stream::Read(std::span<char> into) {
  if (ssl_) return ReadTls(into);
  long got;
  do {
    got = Receive(fd_, into);
  } while (got < 0 && errno == EINTR);
  if (got > 0) return {Status::kDone, static_cast<std::size_t>(got)};
  if (got == 0) return {Status::kEnded};
  return {errno == EAGAIN ? Status::kWouldBlock : Status::kBroken};
}

Stream::Transfer Stream::Write(std::string_view bytes) {
  if (ssl_) return WriteTls(bytes);
  std::size_t written = 0;
  while (written < bytes.size()) {
    const long sent = Send(fd_, bytes.substr(written));
    if (sent >= 0) {
      written += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN) {
      return {Status::kWouldBlock, written};
    } else if (errno != EINTR) {
      return {Status::kBroken, written};
    }
  }
  return {Status::kDone, written};
}

void Stream::EndWriting() {
  if (ssl_) SSL_shutdown(ssl_.get());
  ::shutdown(fd_, SHUT_WR);
}

void Stream::ResetOnClose() {
  const linger reset{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

std::size_t Stream::unacknowledged() const {
  int bytes = 0;
  return ::ioctl(fd_, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

void Stream::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace mcp_vitals::net
