#include "net/resolver.h"

#include <ares.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

#include "net/error.h"

namespace mcp_vitals::net {

namespace {

constexpr int kAttemptTimeoutMs = 2000;  // for a server's first answer; c-ares doubles it
constexpr int kAttempts = 3;
constexpr std::size_t kMaxAddresses = 64;                         // of each family
constexpr auto kResolutionDelay = std::chrono::milliseconds(50);  // RFC 8305, section 3

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

// Once for the process, before the first channel.
bool LibraryReady() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  return status == ARES_SUCCESS;
}

template <class Address>
Address FromBytes(const char* network_order) {
  typename Address::bytes_type bytes;
  std::memcpy(bytes.data(), network_order, bytes.size());
  return Address(bytes);
}

Addresses ToAddresses(const ares_addrinfo& info) {
  Addresses found;
  for (const ares_addrinfo_node* node = info.nodes; node != nullptr; node = node->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (node->ai_addrlen > endpoint.capacity() || found.size() == kMaxAddresses) continue;
    std::memcpy(endpoint.data(), node->ai_addr, node->ai_addrlen);
    if (std::find(found.begin(), found.end(), endpoint.address()) == found.end()) {
      found.push_back(endpoint.address());
    }
  }
  return found;
}

// One lookup: a channel of its own, so that it shares neither sockets nor a queue with another, and
// sees the system's configuration as it is now.
class LookupState : public std::enable_shared_from_this<LookupState> {
 public:
  explicit LookupState(Executor executor) : executor_(executor), wake_(executor) {}
  ~LookupState() {
    if (channel_ != nullptr) ares_destroy(channel_);  // calls back, and closes its sockets
  }
  LookupState(const LookupState&) = delete;
  LookupState& operator=(const LookupState&) = delete;

  // `server`: "" for those of the system.
  bool Open(const std::string& server);
  // What this machine itself knows of the name, by its hosts file; then nobody else is asked.
  Addresses KnownHere(const std::string& host) const;
  void Ask(const std::string& host);

  // What has been found, once there is nothing more to wait for.
  std::optional<Result<Addresses>> Answer();
  // When Answer may have changed without a call of `wake`, or c-ares wants to be called again; at
  // most `deadline`.
  Deadline NextTimeout(Deadline deadline) const;
  void ProcessTimeouts() { ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

  Timer& wake() { return wake_; }

 private:
  // A socket of c-ares', which closes it.
  struct Watch {
    explicit Watch(Executor executor) : descriptor(executor) {}
    ~Watch() {
      if (descriptor.is_open()) descriptor.release();
    }
    Descriptor descriptor;
    bool want_read = false, want_write = false;
    bool reading = false, writing = false;
  };

  static void OnSocketState(void* self, ares_socket_t fd, int readable, int writable) {
    static_cast<LookupState*>(self)->SetWatch(fd, readable != 0, writable != 0);
  }
  // One family's question, and its answer.
  struct Question {
    LookupState* state;
    int family;
    std::optional<Result<Addresses>> answer = std::nullopt;
    bool found() const { return answer && answer->has_value(); }
  };
  static void OnAddresses(void* question, int status, int, ares_addrinfo* info) {
    const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owned(info,
                                                                             &ares_freeaddrinfo);
    auto& asked = *static_cast<Question*>(question);
    asked.state->Answered(asked, status, info);
  }

  void Answered(Question& question, int status, const ares_addrinfo* info);
  void SetWatch(int fd, bool readable, bool writable);
  void Arm(const std::shared_ptr<Watch>& watch);
  void Wait(const std::shared_ptr<Watch>& watch, Descriptor::wait_type type, bool Watch::* waiting);

  Executor executor_;
  Timer wake_;  // cancelled when there is an answer, or a new timeout to wait for
  ares_channel channel_ = nullptr;
  std::map<int, std::shared_ptr<Watch>> watches_;
  std::array<Question, 2> questions_{{{this, AF_INET6}, {this, AF_INET}}};
  Deadline enough_ = Deadline::max();  // from here on, the addresses of one family will do
};

bool LookupState::Open(const std::string& server) {
  ares_options options{};
  const int given = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS;
  options.sock_state_cb = &OnSocketState;
  options.sock_state_cb_data = this;
  options.timeout = kAttemptTimeoutMs;
  options.tries = kAttempts;
  std::string dns_alone = "b";  // by families: what the hosts file says counts for both at once
  options.lookups = dns_alone.data();
  if (!LibraryReady() || ares_init_options(&channel_, &options, given) != ARES_SUCCESS) {
    channel_ = nullptr;
    return false;
  }
  return server.empty() || ares_set_servers_ports_csv(channel_, server.c_str()) == ARES_SUCCESS;
}

Addresses LookupState::KnownHere(const std::string& host) const {
  Addresses found;
  for (const int family : {AF_INET6, AF_INET}) {
    hostent* entry = nullptr;
    if (ares_gethostbyname_file(channel_, host.c_str(), family, &entry) != ARES_SUCCESS) continue;
    const std::unique_ptr<hostent, decltype(&ares_free_hostent)> owned(entry, &ares_free_hostent);
    for (char** at = entry->h_addr_list; *at != nullptr && found.size() < kMaxAddresses; ++at) {
      family == AF_INET6 ? found.emplace_back(FromBytes<asio::ip::address_v6>(*at))
                         : found.emplace_back(FromBytes<asio::ip::address_v4>(*at));
    }
  }
  if (!found.empty() || !IsLocalhost(host)) return found;
  return {asio::ip::address_v6::loopback(), asio::ip::address_v4::loopback()};
}

void LookupState::Ask(const std::string& host) {
  for (Question& question : questions_) {
    ares_addrinfo_hints hints{};
    hints.ai_family = question.family;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &OnAddresses, &question);
  }
}

std::optional<Result<Addresses>> LookupState::Answer() {
  auto& [v6, v4] = questions_;
  const bool whole = v6.answer && v4.answer;
  if (!whole && Clock::now() < enough_) return std::nullopt;
  Addresses all;
  for (const Question& question : questions_) {
    if (!question.found()) continue;
    const Addresses& found = **question.answer;
    all.insert(all.end(), found.begin(), found.end());
  }
  if (!all.empty()) return Result<Addresses>(std::move(all));
  const bool unknown =
      v6.answer->error() == Error::kNameNotFound && v4.answer->error() == Error::kNameNotFound;
  return Result<Addresses>(unknown ? Error::kNameNotFound : Error::kNameLookupFailed);
}

Deadline LookupState::NextTimeout(Deadline deadline) const {
  timeval buffer{};
  const timeval* wait = ares_timeout(channel_, nullptr, &buffer);
  deadline = std::min(deadline, enough_);
  if (wait == nullptr) return deadline;
  return std::min(deadline, Clock::now() + std::chrono::seconds(wait->tv_sec) +
                                std::chrono::microseconds(wait->tv_usec));
}

void LookupState::Answered(Question& question, int status, const ares_addrinfo* info) {
  if (status == ARES_SUCCESS) {
    Addresses found = ToAddresses(*info);
    question.answer = found.empty() ? Result<Addresses>(Error::kNameNotFound) : std::move(found);
  } else {
    const bool unknown =
        status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME;
    question.answer = unknown ? Error::kNameNotFound : Error::kNameLookupFailed;
  }
  if (question.found()) enough_ = std::min(enough_, Clock::now() + kResolutionDelay);
  wake_.cancel();
}

void LookupState::SetWatch(int fd, bool readable, bool writable) {
  const auto found = watches_.find(fd);
  if (!readable && !writable) {
    if (found == watches_.end()) return;
    // Now, and not when the last handler lets go: the number may belong to another socket by then.
    found->second->descriptor.release();
    watches_.erase(found);
    return;
  }
  std::shared_ptr<Watch> watch;
  if (found != watches_.end()) {
    watch = found->second;
  } else {
    watch = std::make_shared<Watch>(executor_);
    boost::system::error_code ec;
    watch->descriptor.assign(fd, ec);
    if (ec) return;  // c-ares' own timeouts end the lookup
    watches_.emplace(fd, watch);
  }
  watch->want_read = readable;
  watch->want_write = writable;
  Arm(watch);
}

void LookupState::Arm(const std::shared_ptr<Watch>& watch) {
  if (!watch->descriptor.is_open()) return;
  if (watch->want_read && !watch->reading) Wait(watch, Descriptor::wait_read, &Watch::reading);
  if (watch->want_write && !watch->writing) Wait(watch, Descriptor::wait_write, &Watch::writing);
}

void LookupState::Wait(const std::shared_ptr<Watch>& watch, Descriptor::wait_type type,
                       bool Watch::* waiting) {
  (*watch).*waiting = true;
  watch->descriptor.async_wait(
      type, [weak = weak_from_this(), watch, type, waiting](const boost::system::error_code& ec) {
        (*watch).*waiting = false;
        const auto self = weak.lock();
        if (ec || !self || !watch->descriptor.is_open()) return;
        const int fd = watch->descriptor.native_handle();
        const bool read = type == Descriptor::wait_read;
        ares_process_fd(self->channel_, read ? fd : ARES_SOCKET_BAD, read ? ARES_SOCKET_BAD : fd);
        self->Arm(watch);
        // c-ares may have asked again, and want another timeout.
        self->wake_.cancel();
      });
}

}  // namespace

std::optional<asio::ip::address> ParseAddress(const std::string& text) {
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(text, ec);
  if (ec) return std::nullopt;
  return address;
}

bool IsLocalhost(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return boost::iequals(host, "localhost") || boost::iends_with(host, ".localhost");
}

Task<Result<Addresses>> Lookup(std::string host, std::string server, Deadline deadline) {
  if (const auto address = ParseAddress(host)) co_return Addresses{*address};
  const auto state = std::make_shared<LookupState>(Executor(co_await asio::this_coro::executor));
  if (!state->Open(server)) co_return Error::kNameLookupFailed;
  if (server.empty()) {
    Addresses known = state->KnownHere(host);
    if (!known.empty()) co_return std::move(known);
  }
  state->Ask(host);
  while (true) {
    auto answer = state->Answer();
    if (answer) co_return std::move(*answer);
    if (Clock::now() >= deadline) co_return Error::kTimeout;
    state->wake().expires_at(state->NextTimeout(deadline));
    const auto [ec] = co_await state->wake().async_wait(kUseTaskTuple);
    if (!ec) state->ProcessTimeouts();
  }
}

}  // namespace mcp_vitals::net
