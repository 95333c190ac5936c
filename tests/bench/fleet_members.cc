// The members of a fleet, as cheap as they can be: one thread, epoll, keep-alive, each member at an
// address of its own. Each answers /vitals with a snapshot whose counters grow with every answer.
//
//   bench_fleet_members COUNT CALLS     127.1.0.1, 127.1.0.2, …; prints the port, ends on SIGTERM
//
// CALLS: to each of three tools of each member, a second. A line "MEMBER STREAMS" on standard input
// gives that member so many streams, and is answered by the time (CLOCK_MONOTONIC, in seconds).
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "vitals/snapshot.h"

namespace {

using mcp_vitals::vitals::Snapshot;
using mcp_vitals::vitals::StreamKind;

struct Connection {
  std::size_t member = 0;
  std::string read;
};

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

double Now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class Members {
 public:
  Members(std::size_t count, int calls) : calls_(calls), members_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      members_[i].boot = 1 + i;
      members_[i].state = mcp_vitals::vitals::MemberState::kServing;
      members_[i].identity.pod = "pod-" + std::to_string(i);
      members_[i].identity.pod_uid = "uid-" + std::to_string(i);
    }
  }

  // Listens everywhere, on one port.
  std::uint16_t Listen() {
    std::uint16_t port = 0;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      const int yes = 1;
      setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      const auto host = 0x7F010000U + static_cast<std::uint32_t>(i / 250 * 256 + i % 250 + 1);
      address.sin_addr.s_addr = htonl(host);
      if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) Fail("bind");
      if (listen(fd, 16) != 0) Fail("listen");
      socklen_t size = sizeof address;
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
      port = ntohs(address.sin_port);
      Watch(fd);
      listeners_[fd] = i;
    }
    return port;
  }

  void Run() {
    Watch(STDIN_FILENO);
    std::vector<epoll_event> events(256);
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) Ready(events[static_cast<std::size_t>(i)].data.fd);
    }
  }

 private:
  void Watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) Fail("epoll_ctl");
  }

  void Ready(int fd) {
    if (fd == STDIN_FILENO) return Command();
    const auto listener = listeners_.find(fd);
    if (listener == listeners_.end()) return Read(fd);
    const int client = accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) return;
    const int yes = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections_[client].member = listener->second;
    Watch(client);
  }

  void Command() {
    char line[128];
    const ssize_t size = read(STDIN_FILENO, line, sizeof line - 1);
    if (size <= 0) std::exit(0);
    line[size] = 0;
    std::size_t member = 0;
    unsigned long streams = 0;
    if (std::sscanf(line, "%zu %lu", &member, &streams) != 2 || member >= members_.size()) return;
    members_[member].streams[static_cast<std::size_t>(StreamKind::kGet)] = streams;
    std::printf("%.6f\n", Now());
    std::fflush(stdout);
  }

  void Read(int fd) {
    char bytes[16384];
    const ssize_t size = read(fd, bytes, sizeof bytes);
    Connection& connection = connections_[fd];
    if (size <= 0) {
      close(fd);
      connections_.erase(fd);
      return;
    }
    connection.read.append(bytes, static_cast<std::size_t>(size));
    if (!connection.read.ends_with("\r\n\r\n")) return;
    connection.read.clear();
    const std::string body = Answer(members_[connection.member]);
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    if (write(fd, answer.data(), answer.size()) < 0) std::perror("write");
  }

  std::string Answer(Snapshot& member) const {
    ++member.sequence;
    for (const char* tool : {"search_documents", "read_document", "list_folders"}) {
      for (int i = 0; i < calls_; ++i) member.tools[tool].done.Observe(0.001 * (1 + rand() % 1000));
    }
    return Encode(member);
  }

  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  const int calls_;
  std::vector<Snapshot> members_;
  std::map<int, std::size_t> listeners_;
  std::map<int, Connection> connections_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bench_fleet_members COUNT CALLS\n");
    return 2;
  }
  Members members(std::strtoul(argv[1], nullptr, 10), std::atoi(argv[2]));
  std::printf("%d\n", members.Listen());
  std::fflush(stdout);
  members.Run();
}
