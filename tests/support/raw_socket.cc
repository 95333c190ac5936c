#include "tests/support/raw_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace mcp_vitals::support {

namespace {

std::size_t ContentLength(std::string_view head) {
  constexpr std::string_view kName = "content-length:";
  const auto found = std::search(
      head.begin(), head.end(), kName.begin(), kName.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; });
  if (found == head.end()) return 0;
  std::string_view value(found + kName.size(), head.end());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  std::size_t length = 0;
  std::from_chars(value.data(), value.data() + value.size(), length);
  return length;
}

}  // namespace

RawSocket::RawSocket(int fd) : fd_(fd) {
  const timeval patience{kPatience.count(), 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  // What was sent is on its way, whatever the script does next.
  const int yes = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

RawSocket::~RawSocket() { Close(); }

bool RawSocket::StartTls(SSL_CTX& context) {
  ssl_.reset(SSL_new(&context));
  return SSL_set_fd(ssl_.get(), fd_) == 1 && SSL_accept(ssl_.get()) == 1;
}

std::string RawSocket::ServerName() const {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

bool RawSocket::GotGoodbye() const {
  return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool RawSocket::GotClientCertificate() const {
  return SSL_get0_peer_certificate(ssl_.get()) != nullptr;
}

long RawSocket::Receive(char* into, std::size_t size) {
  if (ssl_) return SSL_read(ssl_.get(), into, static_cast<int>(size));
  return recv(fd_, into, size, 0);
}

std::string RawSocket::ReadSome() {
  if (!buffered_.empty()) return std::exchange(buffered_, {});
  std::array<char, 16384> bytes;
  const long size = Receive(bytes.data(), bytes.size());
  return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string RawSocket::ReadRequest() {
  std::string all;
  while (true) {
    const auto head_end = all.find("\r\n\r\n");
    if (head_end != std::string::npos) {
      const std::size_t size = head_end + 4 + ContentLength(all.substr(0, head_end));
      if (all.size() >= size) {
        buffered_ = all.substr(size);
        all.resize(size);
        return all;
      }
    }
    const std::string more = ReadSome();
    if (more.empty()) return {};
    all += more;
  }
}

bool RawSocket::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                           : send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawSocket::WaitForClose() {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  std::array<char, 16384> bytes;
  while (recv(fd_, bytes.data(), bytes.size(), 0) > 0) {
  }
  return std::chrono::steady_clock::now() < end;
}

void RawSocket::Close() {
  if (ssl_ && fd_ >= 0) SSL_shutdown(ssl_.get());
  CloseAbruptly();
}

void RawSocket::CloseAbruptly() {
  const std::lock_guard lock(closing_);
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void RawSocket::Reset() {
  const linger now{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  CloseAbruptly();
}

void RawSocket::ShutDownSending() { shutdown(fd_, SHUT_WR); }

void RawSocket::Interrupt() {
  const std::lock_guard lock(closing_);
  if (fd_ >= 0) shutdown(fd_, SHUT_RDWR);
}

}  // namespace mcp_vitals::support
