#include "net/sock_diag.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "tests/support/other_process.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::net {
namespace {

void WaitForClose(support::RawSocket& socket) { socket.WaitForClose(); }

class SockDiagTest : public testing::Test {
 protected:
  SockDiagTest() {
    const auto use = UseOfPort(1);
    if (!use) reason_ = use.error().message();
  }
  void SetUp() override {
    if (!reason_.empty()) GTEST_SKIP() << "sock_diag is not to be had here: " << reason_;
  }
  // Until the kernel shows that many: a connection is established at the client's end first.
  static bool Becomes(std::uint16_t port, std::size_t foreign) {
    const auto end = Clock::now() + std::chrono::seconds(30);
    while (Clock::now() < end) {
      const auto use = UseOfPort(port);
      if (use && use->foreign == foreign) return true;
    }
    return false;
  }
  std::string reason_;
};

TEST_F(SockDiagTest, KnowsWhetherSomebodyListens) {
  const support::RefusedPort refused;
  EXPECT_FALSE(UseOfPort(refused.port())->listening);
  support::RawServer server(WaitForClose);
  EXPECT_TRUE(UseOfPort(server.port())->listening);
  EXPECT_EQ(UseOfPort(server.port())->foreign, 0u);
}

TEST_F(SockDiagTest, CountsTheConnectionsOfOthersAndNotOurOwn) {
  support::RawServer server(WaitForClose);
  asio::io_context context;
  TcpSocket ours(context);
  ours.connect({asio::ip::make_address("127.0.0.1"), server.port()});
  EXPECT_EQ(UseOfPort(server.port())->foreign, 0u);
  {
    const support::OtherProcess one("127.0.0.1", server.port());
    const support::OtherProcess another("127.0.0.1", server.port());
    EXPECT_TRUE(Becomes(server.port(), 2));
  }
  EXPECT_TRUE(Becomes(server.port(), 0));
}

TEST_F(SockDiagTest, CountsIPv6AndBothFamiliesOfADualStackServer) {
  support::RawServer::Options options;
  options.address = "::1";
  support::RawServer server(WaitForClose, options);
  const support::OtherProcess one("::1", server.port());
  EXPECT_TRUE(Becomes(server.port(), 1));

  const int dual = ::socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  socklen_t size = sizeof any;
  ASSERT_EQ(::bind(dual, reinterpret_cast<const sockaddr*>(&any), size), 0);
  ASSERT_EQ(::listen(dual, 8), 0);
  ASSERT_EQ(::getsockname(dual, reinterpret_cast<sockaddr*>(&any), &size), 0);
  const std::uint16_t port = ntohs(any.sin6_port);
  asio::io_context context;
  TcpSocket ours(context);
  ours.connect({asio::ip::make_address("127.0.0.1"), port});
  EXPECT_EQ(UseOfPort(port)->foreign, 0u) << "our IPv4 end belongs to the server's IPv6 one";
  const support::OtherProcess by_v4("127.0.0.1", port);
  const support::OtherProcess by_v6("::1", port);
  EXPECT_TRUE(Becomes(port, 2));
  ::close(dual);
}

TEST_F(SockDiagTest, OtherPortsDoNotCount) {
  support::RawServer server(WaitForClose);
  support::RawServer other(WaitForClose);
  const support::OtherProcess one("127.0.0.1", other.port());
  EXPECT_TRUE(Becomes(other.port(), 1));
  EXPECT_EQ(UseOfPort(server.port())->foreign, 0u);
}

// More than one datagram of the kernel's.
TEST_F(SockDiagTest, CountsMany) {
  support::RawServer server(WaitForClose);
  std::vector<std::unique_ptr<support::OtherProcess>> others;
  asio::io_context context;
  std::vector<TcpSocket> ours;
  for (int i = 0; i < 400; ++i) {
    ours.emplace_back(context).connect({asio::ip::make_address("127.0.0.1"), server.port()});
  }
  for (int i = 0; i < 5; ++i) {
    others.push_back(std::make_unique<support::OtherProcess>("127.0.0.1", server.port()));
  }
  EXPECT_TRUE(Becomes(server.port(), 5));
}

}  // namespace
}  // namespace mcp_vitals::net
