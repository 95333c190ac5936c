#include "net/resolver.h"

#include <ares.h>
#include <netdb.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "net/error.h"

namespace mcp_vitals::net {

namespace {

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Addresses = std::vector<asio::ip::address>;

// Once for the process, before the first channel.
bool LibraryReady() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  return status == ARES_SUCCESS;
}

// One lookup: a channel of its own, so that it shares neither sockets nor a queue with another, and
// sees the system's configuration as it is now.
class LookupState : public std::enable_shared_from_this<LookupState> {
 public:
  explicit LookupState(Executor executor) : executor_(executor), wake_(executor) {}
  ~LookupState() { Destroy(); }

  bool Start(const std::string& host, const std::string& server) {
    ares_options options{};
    options.sock_state_cb = &OnSocketState;
    options.sock_state_cb_data = this;
    if (!LibraryReady() ||
        ares_init_options(&channel_, &options, ARES_OPT_SOCK_STATE_CB) != ARES_SUCCESS) {
      channel_ = nullptr;
      return false;
    }
    if (!server.empty() && ares_set_servers_ports_csv(channel_, server.c_str()) != ARES_SUCCESS) {
      return false;
    }
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &OnAddresses, this);
    return true;
  }

  // Destroys the channel: its callbacks have been called when this returns.
  void Destroy() {
    if (channel_ == nullptr) return;
    ares_channel channel = std::exchange(channel_, nullptr);
    ares_destroy(channel);
    sockets_.clear();
  }

  // When c-ares wants to be called again, at most `deadline`.
  Deadline NextTimeout(Deadline deadline) const {
    timeval buffer{};
    const timeval* wait = ares_timeout(channel_, nullptr, &buffer);
    if (wait == nullptr) return deadline;
    return std::min(deadline, Clock::now() + std::chrono::seconds(wait->tv_sec) +
                                  std::chrono::microseconds(wait->tv_usec));
  }
  void ProcessTimeouts() { ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

  Timer& wake() { return wake_; }
  const std::optional<Result<Addresses>>& answer() const { return answer_; }

 private:
  struct Watch {
    explicit Watch(Executor executor, int fd) : descriptor(executor, fd) {}
    ~Watch() { descriptor.release(); }  // c-ares closes it
    Descriptor descriptor;
    bool want_read = false, want_write = false;
    bool reading = false, writing = false;
  };

  static void OnSocketState(void* self, ares_socket_t fd, int readable, int writable) {
    static_cast<LookupState*>(self)->SetWatch(fd, readable != 0, writable != 0);
  }

  static void OnAddresses(void* self, int status, int, ares_addrinfo* info) {
    const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owned(info,
                                                                             &ares_freeaddrinfo);
    static_cast<LookupState*>(self)->Answered(status, info);
  }

  void Answered(int status, const ares_addrinfo* info) {
    if (status == ARES_SUCCESS) {
      Addresses found;
      for (const ares_addrinfo_node* node = info->nodes; node != nullptr; node = node->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (node->ai_addrlen > endpoint.capacity()) continue;
        std::copy_n(reinterpret_cast<const unsigned char*>(node->ai_addr), node->ai_addrlen,
                    reinterpret_cast<unsigned char*>(endpoint.data()));
        if (std::find(found.begin(), found.end(), endpoint.address()) == found.end()) {
          found.push_back(endpoint.address());
        }
      }
      answer_ = found.empty() ? Result<Addresses>(Error::kNameNotFound) : std::move(found);
    } else {
      const bool unknown =
          status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME;
      answer_ = unknown ? Error::kNameNotFound : Error::kNameLookupFailed;
    }
    wake_.cancel();
  }

  void SetWatch(int fd, bool readable, bool writable) {
    if (!readable && !writable) {
      sockets_.erase(fd);
      return;
    }
    auto& watch = sockets_[fd];
    if (!watch) watch = std::make_shared<Watch>(executor_, fd);
    watch->want_read = readable;
    watch->want_write = writable;
    Arm(fd, watch);
  }

  void Arm(int fd, const std::shared_ptr<Watch>& watch) {
    if (watch->want_read && !watch->reading) {
      watch->reading = true;
      Wait(fd, watch, Descriptor::wait_read, &Watch::reading);
    }
    if (watch->want_write && !watch->writing) {
      watch->writing = true;
      Wait(fd, watch, Descriptor::wait_write, &Watch::writing);
    }
  }

  void Wait(int fd, const std::shared_ptr<Watch>& watch, Descriptor::wait_type type,
            bool Watch::* waiting) {
    watch->descriptor.async_wait(
        type, [weak_self = weak_from_this(), weak_watch = std::weak_ptr<Watch>(watch), fd, type,
               waiting](const boost::system::error_code& ec) {
          const auto self = weak_self.lock();
          const auto watched = weak_watch.lock();
          if (!self || !watched || self->channel_ == nullptr) return;
          (*watched).*waiting = false;
          if (ec) return;
          const bool read = type == Descriptor::wait_read;
          ares_process_fd(self->channel_, read ? fd : ARES_SOCKET_BAD, read ? ARES_SOCKET_BAD : fd);
          if (self->channel_ != nullptr && self->sockets_.contains(fd)) self->Arm(fd, watched);
          // c-ares may have sent a question again and want another timeout.
          self->wake_.cancel();
        });
  }

  Executor executor_;
  Timer wake_;  // cancelled when there is an answer, or a new timeout to wait for
  ares_channel channel_ = nullptr;
  std::map<int, std::shared_ptr<Watch>> sockets_;
  std::optional<Result<Addresses>> answer_;
};

}  // namespace

Task<Result<std::vector<asio::ip::address>>> Lookup(std::string host, std::string server,
                                                    Deadline deadline) {
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return Addresses{address};

  const auto state = std::make_shared<LookupState>(co_await asio::this_coro::executor);
  if (!state->Start(host, server)) co_return Error::kNameLookupFailed;
  while (!state->answer() && Clock::now() < deadline) {
    state->wake().expires_at(state->NextTimeout(deadline));
    const auto [ec] = co_await state->wake().async_wait(asio::as_tuple(kUseTask));
    if (!ec && !state->answer()) state->ProcessTimeouts();
  }
  auto answer = state->answer() ? *state->answer() : Result<Addresses>(Error::kTimeout);
  state->Destroy();
  co_return answer;
}

}  // namespace mcp_vitals::net
