#include "net/poller.h"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <new>
#include <utility>

namespace mcp_vitals::net {

namespace {
// Then the io_context's other work has its turn.
constexpr int kRounds = 16;
}  // namespace

Poller::Poller(Executor executor) : epoll_(executor) {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::bad_alloc();
  epoll_.assign(fd);
  Wait();
}

Poller::~Poller() = default;

bool Poller::Add(int fd, std::shared_ptr<PollHandler> handler) {
  const auto index = static_cast<std::size_t>(fd);
  if (handlers_.size() <= index) handlers_.resize(index + 1);
  handlers_[index] = std::move(handler);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.fd = fd;
  if (::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0) return true;
  handlers_[index].reset();
  return false;
}

void Poller::Remove(int fd) {
  // The kernel forgets it with the descriptor; an edge that is told already finds nobody.
  const auto index = static_cast<std::size_t>(fd);
  if (index < handlers_.size()) handlers_[index].reset();
}

void Poller::Again(std::shared_ptr<PollHandler> handler) {
  again_.push_back(std::move(handler));
  if (running_ || again_.size() > 1) return;
  boost::asio::post(epoll_.get_executor(), [this] { Run(); });
}

void Poller::Stop() {
  boost::system::error_code ignored;
  epoll_.close(ignored);
  handlers_.clear();
  again_.clear();
}

void Poller::Wait() {
  epoll_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [this](boost::system::error_code ec) {
                      if (ec) return;
                      Run();
                      if (epoll_.is_open()) Wait();
                    });
}

void Poller::Run() {
  running_ = true;
  bool more = true;
  for (int i = 0; i < kRounds && more; ++i) more = Round();
  running_ = false;
  if (!again_.empty()) boost::asio::post(epoll_.get_executor(), [this] { Run(); });
}

// True when another round may find more.
bool Poller::Round() {
  if (!epoll_.is_open()) return false;
  const int count =
      ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  for (int i = 0; i < count; ++i) {
    const auto& [events, data] = events_[static_cast<std::size_t>(i)];
    const auto index = static_cast<std::size_t>(data.fd);
    const auto handler = index < handlers_.size() ? handlers_[index] : nullptr;
    if (handler == nullptr) continue;
    const bool ended = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    handler->OnEdges({ended || (events & EPOLLIN) != 0, ended, (events & EPOLLOUT) != 0});
  }
  for (const auto& handler : std::exchange(again_, {})) handler->OnEdges({});
  return count > 0 || !again_.empty();
}

}  // namespace mcp_vitals::net
