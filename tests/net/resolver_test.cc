#include "net/resolver.h"

#include <gtest/gtest.h>

#include <set>

#include "net/error.h"
#include "tests/net/client.h"
#include "tests/support/dns_server.h"

namespace mcp_vitals::net {
namespace {

using support::DnsReply;
using support::DnsServer;

DnsReply Addressed(std::vector<std::string> addresses) {
  DnsReply reply;
  reply.addresses = std::move(addresses);
  return reply;
}

Result<Addresses> LookUp(const std::string& host, const std::string& server,
                         Clock::duration timeout = kSoon) {
  asio::io_context context;
  return Await(context, Lookup(host, server, Clock::now() + timeout));
}

std::set<std::string> Texts(const Addresses& addresses) {
  std::set<std::string> texts;
  for (const auto& address : addresses) texts.insert(address.to_string());
  return texts;
}

TEST(ResolverTest, FindsAddressesOfBothFamilies) {
  DnsServer dns([](const std::string& name, int) {
    EXPECT_EQ(name, "mcp.example");
    return Addressed({"192.0.2.1", "192.0.2.2", "2001:db8::1"});
  });
  const std::set<std::string> both = {"192.0.2.1", "192.0.2.2", "2001:db8::1"};
  std::set<std::string> texts;
  // On a busy machine the second answer may be later than it is waited for.
  for (int attempt = 0; attempt < 20 && texts != both; ++attempt) {
    const auto found = LookUp("MCP.example.", dns.address());
    ASSERT_TRUE(found) << found.error().message();
    texts = Texts(*found);
  }
  EXPECT_EQ(texts, both);
}

TEST(ResolverTest, FindsAnAddressOfOneFamilyAlone) {
  for (const char* address : {"192.0.2.1", "2001:db8::1"}) {
    DnsServer dns([&](const std::string&, int) { return Addressed({address}); });
    const auto found = LookUp("mcp.example.", dns.address());
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(Texts(*found), std::set<std::string>{address});
  }
}

// Some DNS servers never answer for the family that they do not know.
TEST(ResolverTest, DoesNotWaitForTheOtherFamily) {
  for (const int silent : {DnsServer::kA, DnsServer::kAaaa}) {
    DnsServer dns([&](const std::string&, int type) {
      return type == silent ? DnsReply{.silent = true} : Addressed({"192.0.2.1", "2001:db8::1"});
    });
    const auto found = LookUp("mcp.example.", dns.address());
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(Texts(*found),
              std::set<std::string>{silent == DnsServer::kA ? "2001:db8::1" : "192.0.2.1"});
  }
}

TEST(ResolverTest, WaitsForTheOtherFamilyWhenOneHasNoAddress) {
  DnsServer dns([&](const std::string&, int type) {
    if (type == DnsServer::kAaaa) return DnsReply{};
    DnsReply late = Addressed({"192.0.2.1"});
    late.delay = std::chrono::milliseconds(200);
    return late;
  });
  const auto found = LookUp("mcp.example.", dns.address());
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(Texts(*found), std::set<std::string>{"192.0.2.1"});
}

TEST(ResolverTest, ANameThatDoesNotExistIsNotFound) {
  DnsServer dns([](const std::string&, int) { return DnsReply{.rcode = 3}; });
  EXPECT_EQ(LookUp("mcp.example.", dns.address()).error(), Error::kNameNotFound);
}

TEST(ResolverTest, ANameWithoutAnAddressIsNotFound) {
  DnsServer dns([](const std::string&, int) { return DnsReply{}; });
  EXPECT_EQ(LookUp("mcp.example.", dns.address()).error(), Error::kNameNotFound);
}

TEST(ResolverTest, ANameThatCannotBeOneIsNotFound) {
  DnsServer dns([](const std::string&, int) { return Addressed({"192.0.2.1"}); });
  EXPECT_FALSE(LookUp(std::string(300, 'a') + ".example.", dns.address()));
  EXPECT_FALSE(LookUp("a..example.", dns.address()));
  EXPECT_EQ(dns.questions(), 0);
}

TEST(ResolverTest, AServerThatFailsIsAFailedLookup) {
  DnsServer dns([](const std::string&, int) { return DnsReply{.rcode = 2}; });
  EXPECT_EQ(LookUp("mcp.example.", dns.address()).error(), Error::kNameLookupFailed);
}

TEST(ResolverTest, AServerThatIsNoAddressIsAFailedLookup) {
  EXPECT_EQ(LookUp("mcp.example.", "not a server").error(), Error::kNameLookupFailed);
}

TEST(ResolverTest, ASilentServerEndsAtTheDeadline) {
  DnsServer dns([](const std::string&, int) { return DnsReply{.silent = true}; });
  const auto began = Clock::now();
  EXPECT_EQ(LookUp("mcp.example.", dns.address(), kShort).error(), Error::kTimeout);
  EXPECT_GE(Clock::now() - began, 190ms);
  EXPECT_LT(Clock::now() - began, 2s);
}

TEST(ResolverTest, GarbageIsNoAnswer) {
  DnsServer dns([](const std::string&, int) {
    DnsReply reply;
    reply.garbage = std::string(40, '\xff');
    return reply;
  });
  const auto began = Clock::now();
  EXPECT_FALSE(LookUp("mcp.example.", dns.address(), kShort));
  EXPECT_LT(Clock::now() - began, 2s);
}

Task<void> LookUpInto(std::string host, std::string server, Clock::duration timeout,
                      std::optional<Result<Addresses>>& found, Clock::time_point& ended) {
  found.emplace(co_await Lookup(host, server, Clock::now() + timeout));
  ended = Clock::now();
}

TEST(ResolverTest, ADeadServerDoesNotDelayAnotherLookup) {
  DnsServer dead([](const std::string&, int) { return DnsReply{.silent = true}; });
  DnsServer slow([](const std::string&, int) {
    DnsReply reply = Addressed({"192.0.2.1"});
    reply.delay = 20ms;
    return reply;
  });
  asio::io_context context;
  std::optional<Result<Addresses>> from_dead, from_slow;
  Clock::time_point dead_ended, slow_ended;
  const auto began = Clock::now();
  asio::co_spawn(context, LookUpInto("a.example.", dead.address(), 1s, from_dead, dead_ended),
                 asio::detached);
  asio::co_spawn(context, LookUpInto("b.example.", slow.address(), kSoon, from_slow, slow_ended),
                 asio::detached);
  context.run();
  ASSERT_TRUE(*from_slow);
  EXPECT_EQ(from_dead->error(), Error::kTimeout);
  EXPECT_LT(slow_ended, dead_ended);
  EXPECT_GE(dead_ended - began, 990ms);
  EXPECT_LT(dead_ended - began, 1s + kPrompt);
}

TEST(ResolverTest, AsksAgainOverTcpWhenTheAnswerIsCut) {
  DnsServer dns([](const std::string&, int) {
    DnsReply reply = Addressed({"192.0.2.1"});
    reply.truncated = true;
    return reply;
  });
  const auto found = LookUp("mcp.example.", dns.address());
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(Texts(*found), std::set<std::string>{"192.0.2.1"});
}

TEST(ResolverTest, TakesABoundedNumberOfAddresses) {
  DnsServer dns([](const std::string&, int) {
    DnsReply reply;
    for (int i = 0; i < 200; ++i) reply.addresses.push_back("192.0.2." + std::to_string(i));
    reply.truncated = true;
    return reply;
  });
  const auto found = LookUp("mcp.example.", dns.address());
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->size(), 64U);
}

TEST(ResolverTest, TellsAnAddressTwiceOnce) {
  DnsServer dns([](const std::string&, int) { return Addressed({"192.0.2.1", "192.0.2.1"}); });
  EXPECT_EQ(LookUp("mcp.example.", dns.address())->size(), 1U);
}

TEST(ResolverTest, AnAddressNeedsNoServer) {
  DnsServer dns([](const std::string&, int) { return DnsReply{.silent = true}; });
  EXPECT_EQ(Texts(*LookUp("192.0.2.1", dns.address())), std::set<std::string>{"192.0.2.1"});
  EXPECT_EQ(Texts(*LookUp("2001:DB8::1", dns.address())), std::set<std::string>{"2001:db8::1"});
  EXPECT_EQ(dns.questions(), 0);
}

TEST(ResolverTest, ParsesAddressesWithZones) {
  const auto address = ParseAddress("fe80::1%lo");
  ASSERT_TRUE(address);
  EXPECT_NE(address->to_v6().scope_id(), 0U);
  EXPECT_FALSE(ParseAddress("mcp.example"));
  EXPECT_FALSE(ParseAddress(""));
  EXPECT_FALSE(ParseAddress("[::1]"));
}

TEST(ResolverTest, LocalhostIsLoopback) {
  const auto found = LookUp("localhost", "");
  ASSERT_TRUE(found) << found.error().message();
  for (const auto& address : *found) EXPECT_TRUE(address.is_loopback()) << address.to_string();
}

TEST(ResolverTest, LeavesNoDescriptorBehind) {
  const std::size_t before = CountDescriptors();
  {
    DnsServer silent([](const std::string&, int) { return DnsReply{.silent = true}; });
    DnsServer good([](const std::string&, int) { return Addressed({"192.0.2.1"}); });
    DnsServer cut([](const std::string&, int) {
      DnsReply reply = Addressed({"192.0.2.1"});
      reply.truncated = true;
      return reply;
    });
    for (int i = 0; i < 20; ++i) {
      LookUp("mcp.example.", silent.address(), 5ms);
      LookUp("mcp.example.", good.address());
      LookUp("mcp.example.", cut.address());
      support::Abandon(Lookup("mcp.example.", silent.address(), In(kSoon)), 5ms);
    }
  }
  EXPECT_EQ(CountDescriptors(), before);
}

TEST(ResolverTest, NamesOfThisMachineAreLocalhostAndWhatIsBelowIt) {
  for (const char* name : {"localhost", "LocalHost", "localhost.", "mcp.localhost"}) {
    EXPECT_TRUE(IsLocalhost(name)) << name;
  }
  for (const char* name : {"", ".", "localhost.example.com", "mylocalhost", "127.0.0.1"}) {
    EXPECT_FALSE(IsLocalhost(name)) << name;
  }
}

}  // namespace
}  // namespace mcp_vitals::net
