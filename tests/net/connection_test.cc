#include "net/connection.h"

#include <gtest/gtest.h>

#include "net/http_client.h"
#include "tests/support/certificates.h"
#include "tests/support/dns_server.h"
#include "tests/support/raw_server.h"
#include "tests/support/run.h"

namespace mcp_vitals::net {
namespace {

using namespace std::chrono_literals;
using support::Await;
using support::In;
using support::RawServer;
using support::RawSocket;

Task<Result<std::string>> Get(Endpoint endpoint, Deadline deadline, DialTrace& trace) {
  auto connection = co_await Dial(endpoint, deadline, trace);
  if (!connection) co_return connection.error();
  HttpClient client(std::move(*connection), {});
  HttpRequest request;
  request.headers.emplace_back("Host", endpoint.host);
  const auto head = co_await client.Exchange(std::move(request), deadline);
  if (!head) co_return head.error();
  co_return co_await client.ReadAll(deadline);
}

TEST(DialTest, ConnectsAndCarriesAnExchange) {
  RawServer server([](RawSocket& socket) {
    socket.ReadRequest();
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  asio::io_context context;
  DialTrace trace;
  const auto body =
      Await(context, Get({"127.0.0.1", server.port(), "", "", nullptr}, In(5s), trace));
  ASSERT_TRUE(body) << body.error().message();
  EXPECT_EQ(*body, "hi");
}

TEST(DialTest, VerifiesTls) {
  support::Authority authority;
  support::TempDir dir;
  RawServer server(
      [](RawSocket& socket) {
        socket.ReadRequest();
        socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
      },
      {.tls = support::MakeTlsServer(authority.Issue({}))});
  std::string error;
  TlsConfig config;
  config.ca_file = dir.Write("ca.pem", authority.Pem());
  auto tls = TlsContext::Make(config, error);
  ASSERT_TRUE(tls) << error;
  asio::io_context context;
  DialTrace trace;
  const auto body =
      Await(context, Get({"localhost", server.port(), "127.0.0.1", "", tls}, In(5s), trace));
  ASSERT_TRUE(body) << body.error().message() << trace.detail;
  EXPECT_EQ(*body, "hi");
  EXPECT_EQ(trace.tls_version, "TLSv1.3");
}

TEST(DialTest, LooksUp) {
  support::DnsServer dns(
      [](const std::string&, int) { return support::DnsReply{.addresses = {"127.0.0.1"}}; });
  RawServer server([](RawSocket& socket) {
    socket.ReadRequest();
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  asio::io_context context;
  DialTrace trace;
  const auto body = Await(
      context, Get({"mcp.example", server.port(), "", dns.address(), nullptr}, In(5s), trace));
  ASSERT_TRUE(body) << body.error().message();
}

}  // namespace
}  // namespace mcp_vitals::net
