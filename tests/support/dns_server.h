#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace mcp_vitals::support {

struct DnsReply {
  std::vector<std::string> addresses = {};  // those of the family that was asked for are sent
  int rcode = 0;                            // 2: SERVFAIL, 3: NXDOMAIN
  bool silent = false;                      // no reply at all
  bool truncated = false;                   // over UDP: "ask again over TCP"
  std::string garbage = {};                 // these bytes instead of a reply
  std::chrono::milliseconds delay{0};
};

// A DNS server on one port of 127.0.0.1, UDP and TCP, that answers A and AAAA questions as the
// handler says.
class DnsServer {
 public:
  static constexpr int kA = 1;
  static constexpr int kAaaa = 28;
  // Called on the server's thread with the name in lower case, without the final dot.
  using Handler = std::function<DnsReply(const std::string& name, int type)>;

  explicit DnsServer(Handler handler);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  std::string address() const;  // "127.0.0.1:1234", as the resolver takes it
  int questions() const { return questions_; }

 private:
  void Loop();
  void AnswerUdp();
  void AnswerTcp();
  DnsReply Ask(const std::string& question);

  Handler handler_;
  int udp_ = -1;
  int tcp_ = -1;
  int stop_ = -1;  // an eventfd
  std::uint16_t port_ = 0;
  std::atomic<int> questions_{0};
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> delayed_;
  std::thread thread_;
};

}  // namespace mcp_vitals::support
