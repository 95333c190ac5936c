#include "tests/support/dns_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace mcp_vitals::support {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kHeader = 12;

void Put16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8 & 0xff);
  out += static_cast<char>(value & 0xff);
}

std::size_t Get16(const std::string& in, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(in.at(at)) << 8 |
                                  static_cast<unsigned char>(in.at(at + 1)));
}

// The question's name, and where its type begins.
std::pair<std::string, std::size_t> QuestionName(const std::string& message) {
  std::string name;
  std::size_t at = kHeader;
  while (message.at(at) != 0) {
    const auto size = static_cast<unsigned char>(message.at(at));
    if (!name.empty()) name += '.';
    for (std::size_t i = 1; i <= size; ++i) {
      const char c = message.at(at + i);
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    at += size + 1U;
  }
  return {name, at + 1};
}

// The answer's records for those addresses that are of `type`.
std::string Records(const std::vector<std::string>& addresses, std::size_t type,
                    std::size_t& count) {
  std::string records;
  for (const auto& text : addresses) {
    const bool v6 = text.find(':') != std::string::npos;
    if (v6 != (type == DnsServer::kAaaa)) continue;
    std::array<char, 16> bytes{};
    inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data());
    const std::size_t size = v6 ? 16 : 4;
    Put16(records, 0xc000 + kHeader);  // the name in the question
    Put16(records, type);
    Put16(records, 1);  // IN
    Put16(records, 0);  // time to live, 32 bits
    Put16(records, 60);
    Put16(records, size);
    records.append(bytes.data(), size);
    ++count;
  }
  return records;
}

std::string Encode(const std::string& question, const DnsReply& reply, bool truncate) {
  if (!reply.garbage.empty()) return reply.garbage;
  const std::size_t type_at = QuestionName(question).second;
  std::size_t count = 0;
  std::string records;
  if (!truncate) records = Records(reply.addresses, Get16(question, type_at), count);
  std::string out = question.substr(0, 2);
  // QR, AA, TC, RD, RA, RCODE
  Put16(out, 0x8580U | (truncate ? 0x0200U : 0U) | static_cast<unsigned>(reply.rcode));
  Put16(out, 1);
  Put16(out, count);
  Put16(out, 0);
  Put16(out, 0);
  out += question.substr(kHeader, type_at + 4 - kHeader);
  return out + records;
}

}  // namespace

DnsServer::DnsServer(Handler handler) : handler_(std::move(handler)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  stop_ = eventfd(0, EFD_CLOEXEC);
  // TCP's port may be taken where UDP's is free: try a few.
  for (int attempt = 0; attempt < 20; ++attempt) {
    address.sin_port = 0;
    udp_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    tcp_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(udp_, raw, size) == 0 && getsockname(udp_, raw, &size) == 0 &&
        bind(tcp_, raw, size) == 0 && listen(tcp_, 16) == 0) {
      port_ = ntohs(address.sin_port);
      thread_ = std::thread(&DnsServer::Loop, this);
      return;
    }
    close(udp_);
    close(tcp_);
  }
  throw std::runtime_error("no free port for DNS");
}

DnsServer::~DnsServer() {
  const std::uint64_t one = 1;
  (void)!write(stop_, &one, sizeof(one));
  thread_.join();
  close(udp_);
  close(tcp_);
  close(stop_);
}

std::string DnsServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

void DnsServer::Loop() {
  while (true) {
    int wait = -1;
    if (!delayed_.empty()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(delayed_.begin()->first - Clock::now());
      wait = left.count() > 0 ? static_cast<int>(left.count()) : 0;
    }
    std::array<pollfd, 3> fds = {{{udp_, POLLIN, 0}, {tcp_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    poll(fds.data(), fds.size(), wait);
    if (fds[2].revents != 0) return;
    if (fds[0].revents != 0) AnswerUdp();
    while (!delayed_.empty() && delayed_.begin()->first <= Clock::now()) {
      const auto send = std::move(delayed_.begin()->second);
      delayed_.erase(delayed_.begin());
      send();
    }
    if (fds[1].revents != 0) AnswerTcp();  // until the client closes
  }
}

DnsReply DnsServer::Ask(const std::string& question) {
  ++questions_;
  const auto [name, type_at] = QuestionName(question);
  return handler_(name, static_cast<int>(Get16(question, type_at)));
}

void DnsServer::AnswerUdp() {
  std::array<char, 1500> bytes;
  sockaddr_in from{};
  socklen_t size = sizeof(from);
  const auto got =
      recvfrom(udp_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
  if (got < static_cast<ssize_t>(kHeader)) return;
  const std::string question(bytes.data(), static_cast<std::size_t>(got));
  const DnsReply reply = Ask(question);
  if (reply.silent) return;
  delayed_.emplace(Clock::now() + reply.delay,
                   [this, from, message = Encode(question, reply, reply.truncated)] {
                     sendto(udp_, message.data(), message.size(), 0,
                            reinterpret_cast<const sockaddr*>(&from), sizeof(from));
                   });
}

void DnsServer::AnswerTcp() {
  const int fd = accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  const timeval patience{5, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  std::array<char, 2> prefix;
  while (recv(fd, prefix.data(), prefix.size(), MSG_WAITALL) == 2) {
    std::string question(Get16({prefix.data(), 2}, 0), '\0');
    if (recv(fd, question.data(), question.size(), MSG_WAITALL) <= 0) break;
    const std::string message = Encode(question, Ask(question), false);
    std::string out;
    Put16(out, message.size());
    out += message;
    send(fd, out.data(), out.size(), MSG_NOSIGNAL);
  }
  close(fd);
}

}  // namespace mcp_vitals::support
