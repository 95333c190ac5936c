#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net/connect.h"
#include "net/connection.h"
#include "net/error.h"
#include "tests/net/client.h"
#include "tests/support/dns_server.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::net {
namespace {

using support::DnsReply;
using support::DnsServer;
using support::HangingPort;
using support::RawServer;
using support::RawSocket;
using support::RefusedPort;
using Step = DialTrace::Step;

void WaitForClose(RawSocket& socket) { socket.WaitForClose(); }

// Several addresses of one name, all with the same port.
class Names {
 public:
  explicit Names(std::vector<std::string> addresses)
      : server_([addresses](const std::string&, int) {
          DnsReply reply;
          reply.addresses = addresses;
          return reply;
        }) {}
  Endpoint At(std::uint16_t port) const {
    Endpoint endpoint = net::At(port, "mcp.example.");
    endpoint.dns_server = server_.address();
    return endpoint;
  }

 private:
  DnsServer server_;
};

// No descriptor is left for this process, for as long as this lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(next);
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST(DialTest, NoDescriptorLeftIsNotTheServersFault) {
  RefusedPort port;
  asio::io_context context;
  DialTrace trace;
  Await(context, Dial(At(port.port()), In(kSoon), trace));  // the loop itself takes descriptors
  const NoDescriptors none;
  const auto dialed = Await(context, Dial(At(port.port()), In(kSoon), trace));
  ASSERT_FALSE(dialed);
  EXPECT_EQ(dialed.error(), Error::kNoDescriptors) << trace.detail;
}

TEST(DialTest, ConnectsToAnAddress) {
  RawServer server(WaitForClose);
  const auto dialed = DialNow(At(server.port()));
  ASSERT_TRUE(dialed->ok());
  EXPECT_EQ(dialed->trace.step, Step::kConnect);
  EXPECT_TRUE(dialed->trace.connect);
  EXPECT_FALSE(dialed->trace.tls);
  ASSERT_TRUE(dialed->trace.address);
  EXPECT_EQ(dialed->trace.address->to_string(), "127.0.0.1");
  EXPECT_EQ(dialed->trace.detail, "");
}

TEST(DialTest, ConnectsOverIpv6) {
  RawServer server(WaitForClose, {.tls = nullptr, .address = "::1"});
  const auto dialed = DialNow(At(server.port(), "::1"));
  ASSERT_TRUE(dialed->ok());
  EXPECT_EQ(dialed->trace.address->to_string(), "::1");
}

TEST(DialTest, AGivenAddressTakesThePlaceOfTheLookup) {
  RawServer server(WaitForClose);
  Endpoint endpoint = At(server.port(), "nowhere.invalid");
  endpoint.address = "127.0.0.1";
  EXPECT_TRUE(DialNow(endpoint)->ok());
}

TEST(DialTest, SaysThatTheOnlyAddressRefused) {
  RefusedPort refused;
  const auto dialed = DialNow(At(refused.port()));
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kRefused);
  EXPECT_EQ(dialed->trace.step, Step::kConnect);
  EXPECT_EQ(dialed->trace.address->to_string(), "127.0.0.1");
  EXPECT_EQ(dialed->trace.detail, "127.0.0.1: Connection refused");
}

TEST(DialTest, SaysThatAnAddressCannotBeReached) {
  // 240.0.0.0/4 is reserved: no route leads there.
  const auto dialed = DialNow(At(9, "255.255.255.255"));
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kConnectFailed);
  EXPECT_FALSE(dialed->trace.detail.empty());
}

TEST(DialTest, ATimeoutWhileLookingUpSaysSo) {
  DnsServer dns([](const std::string&, int) { return DnsReply{.silent = true}; });
  Endpoint endpoint = At(80, "mcp.example.");
  endpoint.dns_server = dns.address();
  const auto dialed = DialNow(endpoint, kShort);
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kTimeout);
  EXPECT_EQ(dialed->trace.step, Step::kResolve);
  EXPECT_TRUE(dialed->trace.resolve);
  EXPECT_FALSE(dialed->trace.connect);
  EXPECT_FALSE(dialed->trace.address);
  EXPECT_LT(dialed->took, kPrompt);
}

TEST(DialTest, ATimeoutWhileConnectingSaysSo) {
  HangingPort hanging;
  const auto dialed = DialNow(At(hanging.port()), kShort);
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kTimeout);
  EXPECT_EQ(dialed->trace.step, Step::kConnect);
  EXPECT_GE(*dialed->trace.connect, 100ms);
  EXPECT_EQ(dialed->trace.address->to_string(), "127.0.0.1");
  EXPECT_LT(dialed->took, kPrompt);
}

TEST(DialTest, ATimeoutInTheHandshakeSaysSo) {
  RawServer server(WaitForClose);
  Endpoint endpoint = At(server.port());
  std::string error;
  endpoint.tls = TlsContext::Make({}, error);
  const auto dialed = DialNow(endpoint, kShort);
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kTimeout);
  EXPECT_EQ(dialed->trace.step, Step::kTls);
  EXPECT_TRUE(dialed->trace.connect);
  EXPECT_GE(*dialed->trace.tls, 100ms);
  EXPECT_LT(dialed->took, kPrompt);
}

TEST(DialTest, SaysThatANameDoesNotExist) {
  DnsServer dns([](const std::string&, int) { return DnsReply{.rcode = 3}; });
  Endpoint endpoint = At(80, "mcp.example.");
  endpoint.dns_server = dns.address();
  const auto dialed = DialNow(endpoint);
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kNameNotFound);
  EXPECT_EQ(dialed->trace.step, Step::kResolve);
}

TEST(DialTest, GoesOnWhileTheFirstAddressHangs) {
  HangingPort hanging("127.0.0.2");
  RawServer server(WaitForClose, {.tls = nullptr, .address = "127.0.0.3", .port = hanging.port()});
  const auto dialed = DialNow(Names({"127.0.0.2", "127.0.0.3"}).At(hanging.port()));
  ASSERT_TRUE(dialed->ok());
  EXPECT_EQ(dialed->trace.address->to_string(), "127.0.0.3");
  EXPECT_GE(*dialed->trace.connect, 250ms);
  EXPECT_LT(dialed->took, kPrompt);
  EXPECT_EQ(dialed->trace.detail, "");
}

TEST(DialTest, GoesOnAtOnceWhenTheFirstAddressRefuses) {
  RefusedPort refused("127.0.0.2");
  RawServer server(WaitForClose, {.tls = nullptr, .address = "127.0.0.3", .port = refused.port()});
  const auto dialed = DialNow(Names({"127.0.0.2", "127.0.0.3"}).At(refused.port()));
  ASSERT_TRUE(dialed->ok());
  EXPECT_EQ(dialed->trace.address->to_string(), "127.0.0.3");
  EXPECT_LT(*dialed->trace.connect, 250ms);
}

TEST(DialTest, ConnectsToTheOtherFamilyWhenOneRefuses) {
  RawServer server(WaitForClose);  // IPv4 alone
  auto dialed = DialNow(Names({"::1", "127.0.0.1"}).At(server.port()));
  // On a busy machine the second family's answer may be later than it is waited for.
  for (int attempt = 0; attempt < 20 && !dialed->ok(); ++attempt) {
    dialed = DialNow(Names({"::1", "127.0.0.1"}).At(server.port()));
  }
  ASSERT_TRUE(dialed->ok());
  EXPECT_EQ(dialed->trace.address->to_string(), "127.0.0.1");
}

TEST(DialTest, NamesEveryAddressThatRefused) {
  RefusedPort refused("127.0.0.2");
  const auto dialed = DialNow(Names({"127.0.0.2", "127.0.0.3"}).At(refused.port()));
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kRefused);
  EXPECT_EQ(dialed->trace.detail, "127.0.0.2: Connection refused; 127.0.0.3: Connection refused");
}

TEST(DialTest, RefusedByOneAndUnreachableByTheOtherIsNotRefused) {
  RefusedPort refused("127.0.0.2");
  const auto dialed = DialNow(Names({"127.0.0.2", "255.255.255.255"}).At(refused.port()));
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kConnectFailed);
}

TEST(DialTest, ATimeoutWithOneAddressHangingKeepsWhatTheOtherSaid) {
  RefusedPort refused("127.0.0.2");
  HangingPort hanging("127.0.0.3", refused.port());
  const auto dialed =
      DialNow(Names({"127.0.0.2", "127.0.0.3"}).At(refused.port()), std::chrono::milliseconds(400));
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kTimeout);
  EXPECT_EQ(dialed->trace.step, Step::kConnect);
  EXPECT_EQ(dialed->trace.detail, "127.0.0.2: Connection refused");
}

std::vector<std::string> Interleaved(const std::vector<std::string>& texts) {
  Addresses addresses;
  for (const auto& text : texts) addresses.push_back(*ParseAddress(text));
  std::vector<std::string> result;
  for (const auto& address : Interleave(addresses)) result.push_back(address.to_string());
  return result;
}

TEST(InterleaveTest, AlternatesBetweenTheFamiliesBeginningWithTheFirst) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(Interleaved({}), Texts{});
  EXPECT_EQ(Interleaved({"1.1.1.1"}), Texts{"1.1.1.1"});
  EXPECT_EQ(Interleaved({"::1", "::2", "1.1.1.1", "2.2.2.2"}),
            (Texts{"::1", "1.1.1.1", "::2", "2.2.2.2"}));
  EXPECT_EQ(Interleaved({"1.1.1.1", "2.2.2.2", "3.3.3.3", "::1"}),
            (Texts{"1.1.1.1", "::1", "2.2.2.2", "3.3.3.3"}));
  EXPECT_EQ(Interleaved({"::1", "1.1.1.1", "2.2.2.2", "3.3.3.3"}),
            (Texts{"::1", "1.1.1.1", "2.2.2.2", "3.3.3.3"}));
  EXPECT_EQ(Interleaved({"::1", "::2"}), (Texts{"::1", "::2"}));
}

TEST(DialTest, LeavesNoDescriptorBehind) {
  const std::size_t before = CountDescriptors();
  {
    HangingPort hanging("127.0.0.2");
    RawServer server(WaitForClose,
                     {.tls = nullptr, .address = "127.0.0.3", .port = hanging.port()});
    RefusedPort refused;
    std::string error;
    Endpoint tls = At(server.port(), "127.0.0.3");
    tls.tls = TlsContext::Make({}, error);
    Names names({"127.0.0.2", "127.0.0.3"});
    for (int i = 0; i < 5; ++i) {
      DialNow(names.At(hanging.port()));        // the loser hangs
      DialNow(names.At(hanging.port()), 10ms);  // in the race
      DialNow(At(hanging.port(), "127.0.0.2"), 10ms);
      DialNow(tls, 10ms);
      DialNow(At(refused.port()));
      DialNow(At(server.port(), "127.0.0.3"));
    }
  }
  EXPECT_EQ(CountDescriptors(), before);
}

void Abandon(Endpoint endpoint) {
  DialTrace trace;
  support::Abandon(Dial(std::move(endpoint), In(kSoon), trace), 20ms);
}

TEST(DialTest, MayBeAbandonedAtEveryStep) {
  const std::size_t before = CountDescriptors();
  {
    DnsServer silent([](const std::string&, int) { return DnsReply{.silent = true}; });
    HangingPort hanging("127.0.0.2");
    HangingPort second("127.0.0.3", hanging.port());
    RawServer server(WaitForClose);
    Endpoint resolving = At(80, "mcp.example.");
    resolving.dns_server = silent.address();
    Endpoint shaking = At(server.port());
    std::string error;
    shaking.tls = TlsContext::Make({}, error);
    Names names({"127.0.0.2", "127.0.0.3"});
    Abandon(resolving);
    Abandon(At(hanging.port(), "127.0.0.2"));
    Abandon(names.At(hanging.port()));
    Abandon(shaking);
  }
  EXPECT_EQ(CountDescriptors(), before);
}

}  // namespace
}  // namespace mcp_vitals::net
