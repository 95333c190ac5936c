#include "scaler/fleet_poll.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "net/resolver.h"
#include "net/url.h"
#include "scaler/ask_member.h"
#include "scaler/credentials.h"

namespace mcp_vitals::scaler {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kInterval = seconds(1);      // of asking a member; its deadline too
constexpr auto kListInterval = seconds(5);  // of looking members up
constexpr auto kListDeadline = seconds(2);
constexpr std::size_t kMaxMembers = 10'000;

std::string HostAndPort(const std::string& host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace

struct FleetPoll::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& c, std::string f, std::shared_ptr<const Members> m,
       std::string agent, Board& b, Self s)
      : context(c),
        fleet(std::move(f)),
        members(std::move(m)),
        user_agent(std::move(agent)),
        board(b),
        self(std::move(s)),
        timer(c.get_executor()) {}

  // One member that is asked until it is let go.
  struct Member {
    Member(std::string name, boost::asio::io_context& context)
        : address(std::move(name)), timer(context.get_executor()) {}
    const std::string address;
    net::Endpoint endpoint;
    std::string host;
    net::Timer timer;
    bool is_gone = false;
    bool has_answered = false;
  };
  using Found = std::map<std::string, std::pair<net::Endpoint, std::string>>;

  static net::Task<void> Run(std::shared_ptr<Impl> impl);
  static net::Task<void> AskOften(std::shared_ptr<Impl> impl, std::shared_ptr<Member> member);
  static net::Task<void> AskSelf(std::shared_ptr<Impl> impl, std::shared_ptr<Member> member);
  static net::Task<void> List(std::shared_ptr<Impl> impl);
  void Follow();
  void Tell(Member& member, MemberAnswer answer);
  std::shared_ptr<MemberRequest> RequestFor(const Member& member) const;

  boost::asio::io_context& context;
  const std::string fleet;
  const std::shared_ptr<const Members> members;
  const std::string user_agent;
  Board& board;
  const Self self;
  net::Timer timer;
  std::string authorization;
  Found found;  // every address that was ever listed and is still asked
  std::map<std::string, std::shared_ptr<Member>> asked;
  bool is_stopped = false;
};

// Adds to `found`, and tells the board.
net::Task<void> FleetPoll::Impl::List(std::shared_ptr<Impl> impl) {
  const auto members = impl->members;
  std::set<std::string> listed;
  const auto add = [&](net::Endpoint endpoint, const std::string& name, std::uint16_t port) {
    std::string address = HostAndPort(name, port);
    endpoint.tls = members->tls;
    endpoint.port = port;
    if (listed.size() >= kMaxMembers) return;
    impl->found[address] = {endpoint, HostAndPort(endpoint.host, port)};
    listed.insert(std::move(address));
  };
  if (members->self) listed.insert(kSelf);
  for (const Members::Address& one : members->fixed) {
    net::Endpoint endpoint;
    endpoint.host = one.host;
    add(endpoint, one.host, one.port);
  }
  if (!members->dns_host.empty()) {
    auto addresses = co_await net::Lookup(members->dns_host, members->dns_server,
                                          net::Clock::now() + kListDeadline);
    if (!addresses) {
      impl->board.ListFailed(impl->fleet, members->dns_host + ": " + addresses.error().message());
      co_return;
    }
    for (const auto& ip : *addresses) {
      net::Endpoint endpoint;
      endpoint.host = members->dns_host;
      endpoint.address = ip.to_string();
      add(endpoint, endpoint.address, members->dns_port);
    }
  }
  if (listed.size() >= kMaxMembers) {
    impl->board.ListFailed(impl->fleet, "there are more than 9,999 members, which is too many");
    co_return;
  }
  impl->board.SetMembers(impl->fleet, listed, Clock::now());
}

// Asks who is to be asked by the board, and nobody else.
void FleetPoll::Impl::Follow() {
  const std::set<std::string> addresses = board.Addresses(fleet);
  for (auto at = asked.begin(); at != asked.end();) {
    if (addresses.contains(at->first)) {
      ++at;
      continue;
    }
    at->second->is_gone = true;
    at->second->timer.cancel();
    found.erase(at->first);
    at = asked.erase(at);
  }
  for (const std::string& address : addresses) {
    auto& member = asked[address];
    const bool is_self = address == kSelf;
    if (!is_self && !found.contains(address)) continue;
    const bool is_new = member == nullptr;
    if (is_new) member = std::make_shared<Member>(address, context);
    if (!is_self) std::tie(member->endpoint, member->host) = found[address];
    if (!is_new) continue;
    boost::asio::co_spawn(
        context,
        is_self ? AskSelf(shared_from_this(), member) : AskOften(shared_from_this(), member),
        boost::asio::detached);
  }
  authorization = AuthorizationHeader(members->credentials_type, members->credentials_file);
}

net::Task<void> FleetPoll::Impl::Run(std::shared_ptr<Impl> impl) {
  while (!impl->is_stopped) {
    co_await List(impl);
    if (impl->is_stopped) break;
    impl->Follow();
    impl->timer.expires_after(kListInterval);
    co_await impl->timer.async_wait(net::kUseTaskTuple);
  }
  for (auto& [address, member] : impl->asked) {
    member->is_gone = true;
    member->timer.cancel();
  }
  impl->asked.clear();
}

std::shared_ptr<MemberRequest> FleetPoll::Impl::RequestFor(const Member& member) const {
  auto request = std::make_shared<MemberRequest>();
  request->endpoint = member.endpoint;
  request->host = member.host;
  request->fleet = fleet;
  request->user_agent = user_agent;
  request->authorization = authorization;
  // What it holds of another scaler is read before it is overwritten.
  if (member.has_answered) request->echo = board.State(fleet);
  return request;
}

void FleetPoll::Impl::Tell(Member& member, MemberAnswer answer) {
  if (member.is_gone) return;
  if (answer.snapshot) {
    member.has_answered = true;
    board.Heard(fleet, member.address, std::move(*answer.snapshot), Clock::now());
  } else {
    board.Failed(fleet, member.address, std::move(answer.why));
  }
}

net::Task<void> FleetPoll::Impl::AskOften(std::shared_ptr<Impl> impl,
                                          std::shared_ptr<Member> member) {
  std::optional<net::HttpClient> client;
  // At once, and from then on spread over the second, so that not all are asked at the same moment.
  auto next = net::Clock::now() + milliseconds(std::hash<std::string>()(member->address) % 1000);
  while (!member->is_gone) {
    auto answer =
        co_await AskMember(impl->RequestFor(*member), client, net::Clock::now() + kInterval);
    impl->Tell(*member, std::move(answer));
    next = std::max(next + kInterval, net::Clock::now());
    member->timer.expires_at(next);
    co_await member->timer.async_wait(net::kUseTaskTuple);
  }
}

net::Task<void> FleetPoll::Impl::AskSelf(std::shared_ptr<Impl> impl,
                                         std::shared_ptr<Member> member) {
  while (!member->is_gone) {
    impl->self(impl->board.State(impl->fleet),
               [impl, member](std::optional<vitals::Snapshot> snapshot) {
                 impl->Tell(*member, {std::move(snapshot), "this process does not answer itself"});
               });
    member->timer.expires_after(kInterval);
    co_await member->timer.async_wait(net::kUseTaskTuple);
  }
}

FleetPoll::FleetPoll(boost::asio::io_context& context, std::string fleet,
                     std::shared_ptr<const Members> members, std::string user_agent, Board& board,
                     Self self)
    : impl_(std::make_shared<Impl>(context, std::move(fleet), std::move(members),
                                   std::move(user_agent), board, std::move(self))) {
  boost::asio::co_spawn(context, Impl::Run(impl_), boost::asio::detached);
}

FleetPoll::~FleetPoll() {
  impl_->is_stopped = true;
  impl_->timer.cancel();
}

}  // namespace mcp_vitals::scaler
