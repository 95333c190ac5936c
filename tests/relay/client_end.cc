#include "tests/relay/client_end.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include "tests/support/raw_socket.h"

namespace mcp_vitals::relay {

namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

std::size_t Number(std::string_view text, int base) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

}  // namespace

ClientEnd::ClientEnd(std::uint16_t port, int receive_buffer)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{support::RawSocket::kPatience.count(), 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  const int yes = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) end_ = End::kReset;
}

ClientEnd::ClientEnd(ClientEnd&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      tls_(std::move(other.tls_)),
      read_(std::move(other.read_)),
      end_(other.end_),
      sent_(other.sent_.load()) {}

bool ClientEnd::StartTls() {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  tls_.reset(SSL_new(context.get()), &SSL_free);
  SSL_set_fd(tls_.get(), fd_);
  ERR_clear_error();
  return SSL_connect(tls_.get()) == 1;
}

// As recv.
long ClientEnd::Receive(char* into, std::size_t size) {
  if (!tls_) return recv(fd_, into, size, 0);
  ERR_clear_error();
  std::size_t got = 0;
  if (SSL_read_ex(tls_.get(), into, size, &got) == 1) return static_cast<long>(got);
  // An end without a word is none in order: something may be missing.
  if (SSL_get_error(tls_.get(), 0) == SSL_ERROR_ZERO_RETURN) return 0;
  errno = ECONNRESET;
  return -1;
}

// In pieces, so that `sent` tells how far it is.
bool ClientEnd::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kPiece);
    const ssize_t sent = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(size))
                              : send(fd_, bytes.data(), size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    sent_ += static_cast<std::size_t>(sent);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool ClientEnd::ReadMore() {
  if (end_ != End::kNot) return false;
  std::vector<char> bytes(kPiece);
  const long got = Receive(bytes.data(), bytes.size());
  if (got > 0) {
    read_.append(bytes.data(), static_cast<std::size_t>(got));
  } else if (got == 0) {
    end_ = End::kClean;
  } else if (errno == ECONNRESET) {
    end_ = End::kReset;
  }
  return got > 0;
}

std::string ClientEnd::Take(std::size_t size) {
  std::string taken = read_.substr(0, size);
  read_.erase(0, taken.size());
  return taken;
}

std::string ClientEnd::ReadUntil(std::string_view mark) {
  std::size_t seen = 0;
  while (true) {
    const std::size_t found = read_.find(mark, seen - std::min(seen, mark.size()));
    if (found != std::string::npos) return Take(found + mark.size());
    seen = read_.size();
    if (!ReadMore()) return Take(read_.size());
  }
}

bool ClientEnd::ReadChunks(Answer& answer) {
  while (true) {
    const std::string line = ReadUntil("\r\n");
    if (!line.ends_with("\r\n")) return false;
    const std::size_t size = Number(line, 16);
    if (size == 0) break;
    while (read_.size() < size + 2 && ReadMore()) {
    }
    answer.body += Take(size);
    if (Take(2) != "\r\n") return false;
  }
  while (true) {
    const std::string line = ReadUntil("\r\n");
    if (line == "\r\n") return true;
    if (!line.ends_with("\r\n")) return false;
    answer.trailers += line;
  }
}

Answer ClientEnd::ReadAnswer(bool to_head) {
  Answer answer;
  do {
    answer.head = ReadUntil("\r\n\r\n");
    if (!answer.head.ends_with("\r\n\r\n")) return answer;
    answer.status = static_cast<int>(Number(answer.head.substr(9, 3), 10));
  } while (answer.status / 100 == 1 && answer.status != 101);
  const std::string head = Lower(answer.head);
  const std::size_t length = head.find("\r\ncontent-length: ");
  if (to_head || answer.status == 101 || answer.status == 204 || answer.status == 304) {
    answer.whole = true;
  } else if (head.find("\r\ntransfer-encoding: chunked\r\n") != std::string::npos) {
    answer.whole = ReadChunks(answer);
  } else if (length != std::string::npos) {
    const std::size_t size = Number(std::string_view(head).substr(length + 18), 10);
    while (read_.size() < size && ReadMore()) {
    }
    answer.body = Take(size);
    answer.whole = answer.body.size() == size;
  } else {
    answer.body = ReadToEnd();
    answer.whole = end_ == End::kClean;
  }
  return answer;
}

std::string ClientEnd::ReadToEnd() {
  while (ReadMore()) {
  }
  return Take(read_.size());
}

void ClientEnd::Close() {
  tls_.reset();
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void ClientEnd::Reset() {
  const linger now{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  Close();
}

void ClientEnd::ShutDownSending() { shutdown(fd_, SHUT_WR); }

}  // namespace mcp_vitals::relay
