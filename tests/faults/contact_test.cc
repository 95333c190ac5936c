#include <ares.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "net/url.h"
#include "tests/faults/examine.h"
#include "tests/support/certificates.h"
#include "tests/support/dns_server.h"

// What goes wrong before MCP is spoken: the name, the connection, TLS, and what answers instead of
// HTTP. Each is held against the dialects that differ in their first request.

namespace mcp_vitals::faults {
namespace {

using namespace std::chrono_literals;
using support::CertificateSpec;
using support::DnsReply;
using support::RawServer;
using support::RawSocket;

// A place that a target leads to; what serves there lives as long as this.
struct Place {
  std::shared_ptr<void> server;
  std::string url;
  std::string dns_server = "";
  std::string address = "";
};

struct Contact {
  std::string name;
  std::function<Place()> make;
  std::string expected;  // an Outcome; the phase "first" is that of the dialect's first request
};
void PrintTo(const Contact& contact, std::ostream* out) { *out << contact.name; }

// ---- the name -----------------------------------------------------------------------------------

Contact Name(std::string name, DnsReply reply, std::string expected) {
  return {std::move(name),
          [reply] {
            auto dns = std::make_shared<support::DnsServer>(
                [reply](const std::string&, int) { return reply; });
            return Place{dns, "http://mcp.example/mcp", dns->address()};
          },
          std::move(expected)};
}

Place NoDnsServer() {
  auto port = std::make_shared<support::RefusedPort>();
  return {port, "http://mcp.example/mcp", "127.0.0.1:" + std::to_string(port->port())};
}

Place ImpossibleName() {
  auto dns = std::make_shared<support::DnsServer>(
      [](const std::string&, int) { return DnsReply{.addresses = {"127.0.0.1"}}; });
  return {dns, "http://" + std::string(64, 'a') + ".example/mcp", dns->address()};
}

// ---- the connection -----------------------------------------------------------------------------

template <class Port>
Place At() {
  auto port = std::make_shared<Port>();
  return {port, "http://127.0.0.1:" + std::to_string(port->port()) + "/mcp"};
}

// Many addresses, none of which listens; more than an answer by UDP holds.
Place ManyAddresses() {
  auto port = std::make_shared<support::RefusedPort>();
  DnsReply reply;
  for (int i = 1; i <= 60; ++i) reply.addresses.push_back("127.0.9." + std::to_string(i));
  auto dns =
      std::make_shared<support::DnsServer>([reply](const std::string&, int) { return reply; });
  auto both = std::make_shared<std::pair<std::shared_ptr<void>, std::shared_ptr<void>>>(port, dns);
  return {both, "http://mcp.example:" + std::to_string(port->port()) + "/mcp", dns->address()};
}

Place Unreachable() { return {nullptr, "http://mcp.example:9/mcp", "", "255.255.255.255"}; }

// Whatever is asked, `script` is played as soon as there is a connection.
std::function<Place()> Plain(RawServer::Script script) {
  return [script] {
    auto server = std::make_shared<RawServer>(script);
    return Place{server, "http://" + server->Authority() + "/mcp"};
  };
}

void WaitForClose(RawSocket& socket) { socket.WaitForClose(); }
void CloseAtOnce(RawSocket&) {}
// A reset before the client has said anything may reach it while it still connects.
void ResetAtFirstBytes(RawSocket& socket) {
  socket.ReadSome();
  socket.Reset();
}

RawServer::Script Say(std::string bytes) {
  return [bytes](RawSocket& socket) {
    socket.Send(bytes);
    socket.WaitForClose();
  };
}

RawServer::Script SayForEver(std::string bytes) {
  return [bytes](RawSocket& socket) {
    while (socket.Send(bytes)) {
    }
  };
}

// ---- TLS ----------------------------------------------------------------------------------------

// As Plain, but spoken to with TLS.
std::function<Place()> InsteadOfTls(RawServer::Script script) {
  return [script] {
    auto server = std::make_shared<RawServer>(script);
    return Place{server, "https://" + server->Authority() + "/mcp"};
  };
}

std::function<Place()> Tls(std::function<std::shared_ptr<SSL_CTX>()> make) {
  return [make] {
    auto server = std::make_shared<RawServer>([](RawSocket& socket) { socket.ReadRequest(); },
                                              RawServer::Options{.tls = make()});
    return Place{server, "https://" + server->Authority() + "/mcp"};
  };
}

std::function<Place()> Shown(CertificateSpec spec) {
  return Tls([spec] { return support::MakeTlsServer(TestAuthority().Issue(spec)); });
}

std::function<Place()> ShownChain(std::size_t intermediates) {
  return Tls([=] { return support::MakeTlsServer(TestAuthority().IssueChain({}, intermediates)); });
}

std::shared_ptr<SSL_CTX> SelfSigned() { return support::MakeTlsServer(support::SelfSigned({})); }

std::shared_ptr<SSL_CTX> OfUnknownAuthority() {
  return support::MakeTlsServer(support::Authority("Unknown").Issue({}));
}

std::shared_ptr<SSL_CTX> WithoutIntermediate() {
  support::Identity identity = TestAuthority().IssueChain({}, 1);
  identity.chain.resize(1);
  return support::MakeTlsServer(identity);
}

std::shared_ptr<SSL_CTX> OldVersion() {
  return support::MakeTlsServer(TestAuthority().Issue({}),
                                {.client_ca_pem = "", .max_version = TLS1_1_VERSION});
}

std::shared_ptr<SSL_CTX> AskingForCertificate() {
  return support::MakeTlsServer(TestAuthority().Issue({}), {.client_ca_pem = TestAuthority().Pem(),
                                                            .max_version = TLS1_2_VERSION});
}

// Refuses in TLS, and leaves the connection to the client, which would else see a reset now and
// then.
void AskForCertificate(RawSocket& socket) {
  const auto context =
      support::MakeTlsServer(TestAuthority().Issue({}), {.client_ca_pem = TestAuthority().Pem()});
  socket.StartTls(*context);
  socket.WaitForClose();
}

// A handshake message that claims 16 MiB, and goes on.
std::string EndlessServerHello() {
  std::string record("\x16\x03\x03\x40\x00", 5);
  record += std::string("\x02\xff\xff\xff", 4);
  return record + std::string(16384 - 4, 'x');
}

// A record of a handshake, a byte at a time.
void Drip(RawSocket& socket) {
  const std::string hello = EndlessServerHello();
  for (std::size_t i = 0; i < hello.size() && socket.Send(hello.substr(i, 1)); ++i) {
    std::this_thread::sleep_for(20ms);
  }
}

const std::string kNotFound = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

// Debian bookworm's c-ares, 1.18, waits for another answer; trixie's, 1.34, takes it for a failure.
const char* OutcomeOfGarbage() {
  constexpr int kBookworm = 0x0112ff;
  int version = 0;
  ares_version(&version);
  return version <= kBookworm ? "timeout in resolve" : "dns_error in resolve";
}

std::vector<Contact> Names() {
  return {
      Name("NameUnknown", {.rcode = 3}, "dns_error in resolve"),
      Name("NameServerFails", {.rcode = 2}, "dns_error in resolve"),
      Name("NameServerRefuses", {.rcode = 5}, "dns_error in resolve"),
      Name("NameWithoutAddress", {}, "dns_error in resolve"),
      Name("NameServerHangs", {.silent = true}, "timeout in resolve"),
      Name("NameServerSaysGarbage", {.garbage = "\x01\x02 what?"}, OutcomeOfGarbage()),
      Name("NameServerIsTooLate", {.addresses = {"127.0.0.1"}, .delay = 2s}, "timeout in resolve"),
      {"NameServerIsDown", NoDnsServer, "dns_error in resolve"},
      {"NameImpossible", ImpossibleName, "dns_error in resolve"},
  };
}

std::vector<Contact> Contacts() {
  return {
      {"ConnectRefused", At<support::RefusedPort>, "connection_refused in connect"},
      {"ConnectRefusedManyTimes", ManyAddresses, "connection_refused in connect"},
      {"ConnectHangs", At<support::HangingPort>, "timeout in connect"},
      {"ConnectUnreachable", Unreachable, "connection_error in connect"},

      {"AcceptsAndHangs", Plain(WaitForClose), "timeout in first"},
      {"AcceptsAndCloses", Plain(CloseAtOnce), "connection_error in first"},
      {"AcceptsAndResets", Plain(ResetAtFirstBytes), "connection_error in first"},
      {"SaysGarbage", Plain(Say("SSH-2.0-OpenSSH_9.2p1\r\n")), "not_mcp in first"},
      {"SaysHttp2", Plain(Say(std::string("\0\0\x12\4\0\0\0\0\0", 9))), "not_mcp in first"},
      {"SaysGarbageForEver", Plain(SayForEver(std::string(4096, 'x'))), "not_mcp in first"},

      {"TlsRefused", Tls(OldVersion), "tls_error in tls"},
      {"TlsHangs", InsteadOfTls(WaitForClose), "timeout in tls"},
      {"TlsDrips", InsteadOfTls(Drip), "timeout in tls"},
      {"TlsCloses", InsteadOfTls(CloseAtOnce), "tls_error in tls"},
      {"TlsResets", InsteadOfTls(ResetAtFirstBytes), "tls_error in tls"},
      {"TlsGarbage", InsteadOfTls(Say("SSH-2.0-OpenSSH_9.2p1\r\n")), "tls_error in tls"},
      {"TlsIsHttp", InsteadOfTls(Say(kNotFound)), "tls_error in tls"},
      {"TlsEndlessHello", InsteadOfTls(SayForEver(EndlessServerHello())), "tls_error in tls"},
      {"CertificateExpired", Shown({.valid_until = -60s}), "certificate_expired in tls"},
      {"CertificateNotYetValid", Shown({.valid_from = 3600s}), "certificate_expired in tls"},
      {"CertificateOfOtherName", Shown({.names = {"other.example"}}), "certificate_invalid in tls"},
      {"CertificateSelfSigned", Tls(SelfSigned), "certificate_invalid in tls"},
      {"CertificateOfUnknownAuthority", Tls(OfUnknownAuthority), "certificate_invalid in tls"},
      {"CertificateWithoutIntermediate", Tls(WithoutIntermediate), "certificate_invalid in tls"},
      {"CertificateChainOf100", ShownChain(100), "certificate_invalid in tls"},
      {"CertificateChainOf400", ShownChain(400), "tls_error in tls"},
      {"ClientCertificateMissing", Tls(AskingForCertificate), "tls_error in tls"},
      // In TLS 1.3 the client has finished before the server refuses.
      {"ClientCertificateMissingTls13", InsteadOfTls(AskForCertificate), "tls_error in first"},
  };
}

class ContactTest : public testing::TestWithParam<std::tuple<Wire, Contact>> {};

TEST_P(ContactTest, IsNamedAndLeavesNothing) {
  const auto& [wire, contact] = GetParam();
  const Belongings before = Belongings::Now();
  {
    const Place place = contact.make();
    auto target = MakeTarget("http://placeholder/", wire);
    target->url = *net::ParseUrl(place.url);
    target->dns_server = place.dns_server;
    target->address = place.address;
    if (target->url.https) target->tls = TlsClient();
    Limits limits;
    if (contact.expected.starts_with("timeout")) limits.deadline = 250ms;
    const auto result = Examine(target, limits);
    std::string expected = contact.expected;
    if (const auto at = expected.find("first"); at != std::string::npos) {
      expected.replace(at, 5, wire == Wire::kModernJson ? "discover" : "initialize");
    }
    EXPECT_EQ(Outcome(result), expected) << result.detail;
    if (contact.expected.starts_with("certificate")) {
      ASSERT_TRUE(result.certificate) << "the facts are kept whatever the verdict";
      EXPECT_NE(result.certificate->verification, "");
    }
  }
  EXPECT_TRUE(Becomes([&] { return Belongings::Now() == before; }));
}

std::string NameOf(const testing::TestParamInfo<std::tuple<Wire, Contact>>& info) {
  const Wire wire = std::get<0>(info.param);
  const std::string dialect = wire == Wire::kModernJson   ? "Modern"
                              : wire == Wire::kLegacyJson ? "Legacy"
                                                          : "HttpSse";
  return dialect + "_" + std::get<1>(info.param).name;
}

INSTANTIATE_TEST_SUITE_P(Names, ContactTest,
                         testing::Combine(testing::Values(Wire::kModernJson),
                                          testing::ValuesIn(Names())),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Any, ContactTest,
                         testing::Combine(testing::Values(Wire::kModernJson, Wire::kLegacyJson,
                                                          Wire::kHttpSse),
                                          testing::ValuesIn(Contacts())),
                         NameOf);

}  // namespace
}  // namespace mcp_vitals::faults
