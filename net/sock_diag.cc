#include "net/sock_diag.h"

#include <dirent.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <compare>
#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace mcp_vitals::net {

namespace {

constexpr std::size_t kReceive = std::size_t{32} << 10;  // what the kernel fills at once
constexpr timeval kPatience{.tv_sec = 1, .tv_usec = 0};  // it answers while it is asked, or never

// A client that has begun to close still explains the server's end of its connection.
constexpr std::uint32_t kStates = 1U << TCP_ESTABLISHED | 1U << TCP_FIN_WAIT1 |
                                  1U << TCP_FIN_WAIT2 | 1U << TCP_CLOSING | 1U << TCP_LISTEN;

boost::system::error_code SystemError(int number) {
  return {number, boost::system::system_category()};
}
boost::system::error_code LastError() { return SystemError(errno); }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

struct Side {
  std::array<std::uint8_t, 16> address{};  // IPv4 as mapped into IPv6: a dual-stack server's is so
  std::uint16_t port = 0;
  auto operator<=>(const Side&) const = default;
};
using Ends = std::pair<Side, Side>;  // local, remote

struct Socket {
  Ends ends;
  std::uint8_t state = 0;
  std::uint32_t inode = 0;  // 0: no process holds it any more
};

Side SideOf(std::uint8_t family, const __be32 (&address)[4], __be16 port) {
  Side side;
  side.port = ntohs(port);
  if (family == AF_INET6) {
    std::memcpy(side.address.data(), address, 16);
  } else {
    side.address[10] = side.address[11] = 0xff;
    std::memcpy(side.address.data() + 12, address, 4);
  }
  return side;
}

// (source port == port) or (destination port == port), in the byte code of linux/inet_diag.h. A
// jump is in bytes from its own operation; one to the end accepts, one to 4 bytes behind it
// rejects. Older kernels know no "equal" for ports.
struct PortFilter {
  explicit PortFilter(std::uint16_t port)
      : code{{{INET_DIAG_BC_S_GE, 8, 20},
              {0, 0, port},
              {INET_DIAG_BC_S_LE, 8, 12},
              {0, 0, port},
              {INET_DIAG_BC_JMP, 4, 20},
              {INET_DIAG_BC_D_GE, 8, 20},
              {0, 0, port},
              {INET_DIAG_BC_D_LE, 8, 12},
              {0, 0, port}}} {}
  nlattr header{.nla_len = sizeof(PortFilter), .nla_type = INET_DIAG_REQ_BYTECODE};
  std::array<inet_diag_bc_op, 9> code;
};
static_assert(sizeof(PortFilter) == sizeof(nlattr) + 36);

struct Query {
  nlmsghdr header{};
  inet_diag_req_v2 request{};
  PortFilter filter;
};
static_assert(sizeof(Query) == sizeof(nlmsghdr) + sizeof(inet_diag_req_v2) + sizeof(PortFilter));

Result<void> Ask(int netlink, std::uint8_t family, std::uint16_t port) {
  Query query{.filter = PortFilter(port)};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  query.request.sdiag_family = family;
  query.request.sdiag_protocol = IPPROTO_TCP;
  query.request.idiag_states = kStates;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  const auto sent = ::sendto(netlink, &query, sizeof query, 0,
                             reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
  if (sent != static_cast<ssize_t>(sizeof query)) return LastError();
  return {};
}

// Of one datagram; `last` is set when no other follows.
Result<void> ReadMessages(const char* bytes, std::size_t size, std::vector<Socket>& sockets,
                          bool& last) {
  while (size >= sizeof(nlmsghdr)) {
    nlmsghdr header{};
    std::memcpy(&header, bytes, sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > size) break;
    const std::size_t payload = header.nlmsg_len - sizeof header;
    last = header.nlmsg_type == NLMSG_DONE;
    if (last) return {};
    if (header.nlmsg_type == NLMSG_ERROR) {
      nlmsgerr error{};
      if (payload >= sizeof error) std::memcpy(&error, bytes + sizeof header, sizeof error);
      return SystemError(error.error == 0 ? EPROTO : -error.error);
    }
    inet_diag_msg message{};
    if (payload >= sizeof message) {
      std::memcpy(&message, bytes + sizeof header, sizeof message);
      const inet_diag_sockid& id = message.id;
      sockets.push_back({{SideOf(message.idiag_family, id.idiag_src, id.idiag_sport),
                          SideOf(message.idiag_family, id.idiag_dst, id.idiag_dport)},
                         message.idiag_state,
                         message.idiag_inode});
    }
    const std::size_t step = std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), size);
    bytes += step;
    size -= step;
  }
  return {};
}

Result<void> List(std::uint8_t family, std::uint16_t port, std::vector<Socket>& sockets) {
  const Descriptor netlink(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (netlink.get() < 0) return LastError();
  ::setsockopt(netlink.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  if (const auto asked = Ask(netlink.get(), family, port); !asked) return asked.error();
  const auto buffer = std::make_unique_for_overwrite<char[]>(kReceive);
  for (bool last = false; !last;) {
    const ssize_t size = ::recv(netlink.get(), buffer.get(), kReceive, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return LastError();
    if (size == 0) return SystemError(EPROTO);
    const auto read = ReadMessages(buffer.get(), static_cast<std::size_t>(size), sockets, last);
    if (!read) return read.error();
  }
  return {};
}

// The inodes of the sockets that this process holds. By their names, "socket:[123]": a descriptor
// itself may be closed, and be another's, while it is looked at.
Result<std::set<std::uint64_t>> OwnSockets() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), &::closedir);
  if (folder == nullptr) return LastError();
  std::set<std::uint64_t> inodes;
  while (const dirent* entry = ::readdir(folder.get())) {
    constexpr std::string_view kSocket = "socket:[";
    std::array<char, 64> name;
    const auto size = ::readlinkat(::dirfd(folder.get()), entry->d_name, name.data(), name.size());
    const std::string_view text(name.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
    std::uint64_t inode = 0;
    if (!text.starts_with(kSocket)) continue;
    std::from_chars(text.data() + kSocket.size(), text.data() + text.size(), inode);
    inodes.insert(inode);
  }
  return inodes;
}

struct Seen {
  bool listening = false;
  std::set<Ends> foreign;
};

Result<Seen> Look(std::uint16_t port) {
  std::vector<Socket> sockets;
  for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    if (const auto listed = List(family, port, sockets); !listed) return listed.error();
  }
  Seen seen;
  std::map<Ends, std::uint32_t> clients;  // by the server's view of the connection
  for (const Socket& socket : sockets) {
    const auto& [local, remote] = socket.ends;
    if (socket.state == TCP_LISTEN) seen.listening |= local.port == port;
    if (socket.state != TCP_LISTEN && remote.port == port) {
      clients.emplace(Ends(remote, local), socket.inode);
    }
    if (socket.state == TCP_ESTABLISHED && local.port == port) seen.foreign.insert(socket.ends);
  }
  if (seen.foreign.empty()) return seen;
  const auto own = OwnSockets();
  if (!own) return own.error();
  std::erase_if(seen.foreign, [&](const Ends& ends) {
    const auto client = clients.find(ends);
    // One that nobody holds any more has been closed, maybe by us.
    return client != clients.end() && (client->second == 0 || own->contains(client->second));
  });
  return seen;
}

}  // namespace

Result<PortUse> UseOfPort(std::uint16_t port) {
  const auto first = Look(port);
  if (!first) return first.error();
  if (first->foreign.empty()) return PortUse{first->listening, 0};
  const auto second = Look(port);
  if (!second) return second.error();
  const auto both = std::count_if(second->foreign.begin(), second->foreign.end(),
                                  [&](const Ends& ends) { return first->foreign.contains(ends); });
  return PortUse{second->listening, static_cast<std::size_t>(both)};
}

}  // namespace mcp_vitals::net
