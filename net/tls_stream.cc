#include "net/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <system_error>

#include "net/error.h"

namespace mcp_vitals::net {

namespace {

// OpenSSL's own socket BIO would raise SIGPIPE and trust the socket to be non-blocking.
int BioWrite(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  auto* socket = static_cast<TcpSocket*>(BIO_get_data(bio));
  const auto sent = ::send(socket->native_handle(), bytes, static_cast<std::size_t>(size),
                           MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int BioRead(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  auto* socket = static_cast<TcpSocket*>(BIO_get_data(bio));
  errno = 0;  // stays so at the end of the stream
  const auto got =
      ::recv(socket->native_handle(), into, static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long BioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* SocketMethod() {
  static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, &BioWrite);
    BIO_meth_set_read(made, &BioRead);
    BIO_meth_set_ctrl(made, &BioControl);
    return std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>(made, &BIO_meth_free);
  }();
  return method.get();
}

// What the SSL_… call just made failed of; `kind` is SSL_get_error's.
Error Failure(int kind, std::string* why) {
  const int system_error = errno;
  const unsigned long tls_error = ERR_peek_last_error();
  Error error = Error::kTlsFailed;
  std::string text = "TLS failed";
  if (kind == SSL_ERROR_SYSCALL) {
    error = system_error == 0 ? Error::kClosedEarly : Error::kReset;
    text = system_error == 0 ? "the server closed the connection"
                             : std::generic_category().message(system_error);
  } else if (kind == SSL_ERROR_ZERO_RETURN) {
    error = Error::kClosedEarly;
    text = "the server closed the connection";
  } else if (const char* reason = ERR_reason_error_string(tls_error)) {
    text = reason;
  }
  if (why != nullptr) *why = std::move(text);
  return error;
}

}  // namespace

TlsStream::TlsStream(TcpSocket& socket, const bool& timed_out, asio::ssl::context& context)
    : socket_(socket), timed_out_(timed_out), ssl_(SSL_new(context.native_handle()), &SSL_free) {
  BIO* bio = BIO_new(SocketMethod());
  if (!ssl_ || bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &socket_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

template <class Step>
Task<Result<int>> TlsStream::Repeat(Step step, std::string* why) {
  while (true) {
    ERR_clear_error();
    errno = 0;
    const int result = step();
    if (result > 0) co_return result;
    const int kind = SSL_get_error(ssl_.get(), result);
    if (kind == SSL_ERROR_ZERO_RETURN && why == nullptr) co_return 0;
    if (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE) {
      usable_ = false;
      co_return Failure(kind, why);
    }
    if (timed_out_) co_return Error::kTimeout;
    const auto [ec] = co_await socket_.async_wait(
        kind == SSL_ERROR_WANT_READ ? TcpSocket::wait_read : TcpSocket::wait_write, kUseTaskTuple);
    if (ec) co_return WaitError(ec);
  }
}

Task<Result<void>> TlsStream::ShakeHands(std::string& why) {
  SSL* ssl = ssl_.get();
  const auto step = [ssl] { return SSL_connect(ssl); };
  const auto done = co_await Repeat(step, &why);
  if (!done) co_return done.error();
  usable_ = true;
  co_return Result<void>();
}

Task<Result<void>> TlsStream::Write(std::string_view bytes) {
  SSL* ssl = ssl_.get();
  while (!bytes.empty()) {
    const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX));
    const char* data = bytes.data();
    const auto step = [ssl, data, size] { return SSL_write(ssl, data, size); };
    const auto written = co_await Repeat(step, nullptr);
    if (!written) co_return written.error();
    if (*written == 0) co_return Error::kReset;
    bytes.remove_prefix(static_cast<std::size_t>(*written));
  }
  co_return Result<void>();
}

Task<Result<std::size_t>> TlsStream::ReadSome(std::span<char> into) {
  SSL* ssl = ssl_.get();
  const int size = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
  char* data = into.data();
  const auto step = [ssl, data, size] { return SSL_read(ssl, data, size); };
  const auto read = co_await Repeat(step, nullptr);
  if (!read) co_return read.error();
  co_return static_cast<std::size_t>(*read);
}

void TlsStream::SayGoodbye() {
  if (!usable_) return;
  usable_ = false;
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool TlsStream::has_pending() const { return SSL_has_pending(ssl_.get()) == 1; }

}  // namespace mcp_vitals::net
