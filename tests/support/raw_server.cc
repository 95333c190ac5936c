#include "tests/support/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace mcp_vitals::support {

namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Address MakeAddress(const std::string& text, std::uint16_t port) {
  Address address;
  if (text.find(':') == std::string::npos) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    inet_pton(AF_INET, text.c_str(), &v4->sin_addr);
    address.size = sizeof(*v4);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr);
    address.size = sizeof(*v6);
  }
  return address;
}

int Bind(const std::string& text, std::uint16_t port, std::uint16_t& bound) {
  Address address = MakeAddress(text, port);
  const int fd = socket(address.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (bind(fd, address.get(), address.size) != 0) {
    const std::string why = std::strerror(errno);
    close(fd);
    throw std::runtime_error("bind " + text + ": " + why);
  }
  getsockname(fd, address.get(), &address.size);
  bound = ntohs(reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port);  // same place in v6
  return fd;
}

}  // namespace

struct RawServer::Session {
  explicit Session(int fd) : socket(fd) {}
  RawSocket socket;
  std::atomic<bool> ended{false};
  std::thread thread;
};

RawServer::RawServer(Script script) : RawServer(std::move(script), Options{}) {}

RawServer::RawServer(Script script, Options options)
    : script_(std::move(script)), options_(std::move(options)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  listener_ = Bind(options_.address, options_.port, port_);
  listen(listener_, 256);
  acceptor_ = std::thread(&RawServer::Accept, this);
}

RawServer::~RawServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  for (auto& session : sessions_) session.socket.Interrupt();
  for (auto& session : sessions_) session.thread.join();
}

std::string RawServer::Authority() const {
  const bool v6 = options_.address.find(':') != std::string::npos;
  return (v6 ? "[" + options_.address + "]" : options_.address) + ":" + std::to_string(port_);
}

void RawServer::Accept() {
  while (!stopping_) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) break;
    sessions_.remove_if([](Session& session) {
      if (session.ended) session.thread.join();
      return !session.thread.joinable();
    });
    ++connections_;
    ++open_;
    Session& session = sessions_.emplace_back(fd);
    session.thread = std::thread([this, &session] { Serve(session); });
  }
}

void RawServer::Serve(Session& session) {
  if (!options_.tls || session.socket.StartTls(*options_.tls)) script_(session.socket);
  session.socket.Close();
  --open_;
  session.ended = true;
}

RefusedPort::RefusedPort(const std::string& address) : fd_(Bind(address, 0, port_)) {}
RefusedPort::~RefusedPort() { close(fd_); }

HangingPort::HangingPort(const std::string& address, std::uint16_t port)
    : listener_(Bind(address, port, port_)) {
  listen(listener_, 0);
  Address to = MakeAddress(address, port_);
  for (int i = 0; i < 4; ++i) {
    const int fd = socket(to.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)connect(fd, to.get(), to.size);
    fillers_.push_back(fd);
  }
}

HangingPort::~HangingPort() {
  for (const int fd : fillers_) close(fd);
  close(listener_);
}

}  // namespace mcp_vitals::support
