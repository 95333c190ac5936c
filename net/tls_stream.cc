#include "net/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <system_error>

#include "net/error.h"
#include "net/socket_bio.h"

namespace mcp_vitals::net {

namespace {

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
  BIO* bio = NewSocketBio(socket_);
  if (!ssl_ || bio == nullptr) throw std::bad_alloc();
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
