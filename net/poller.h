#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <memory>
#include <vector>

#include "net/async.h"

namespace mcp_vitals::net {

// Hears of a socket's edges: each is told once, and what was read or written since is not known.
class PollHandler {
 public:
  virtual ~PollHandler() = default;
  struct Edges {
    bool readable = false;
    bool ended = false;  // the peer has ended, or broken: reading tells which
    bool writable = false;
  };
  virtual void OnEdges(Edges edges) = 0;
};

// Watches sockets, thousands of them, edge by edge, within an io_context. Asio's own waits cost a
// system call more for each read; where system calls decide, this is what a socket is watched by.
// One thread: that of the io_context, which it outlives or is stopped before.
class Poller {
 public:
  explicit Poller(Executor executor);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // From here on the handler hears of `fd`, at first of what there is already, and is kept alive.
  // False when the kernel can't.
  bool Add(int fd, std::shared_ptr<PollHandler> handler);
  // Before `fd` is closed.
  void Remove(int fd);
  // Calls the handler soon, with no edges: it has more to do than it wants to do now.
  void Again(std::shared_ptr<PollHandler> handler);
  void Stop();  // no more calls

 private:
  void Wait();
  void Run();
  bool Round();

  boost::asio::posix::basic_stream_descriptor<Executor> epoll_;
  std::vector<std::shared_ptr<PollHandler>> handlers_;  // by descriptor
  std::vector<std::shared_ptr<PollHandler>> again_;
  std::array<epoll_event, 256> events_{};
  bool running_ = false;
};

}  // namespace mcp_vitals::net
