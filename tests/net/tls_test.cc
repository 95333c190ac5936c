#include <gtest/gtest.h>

#include <future>

#include "net/connection.h"
#include "net/error.h"
#include "net/http_client.h"
#include "tests/net/client.h"
#include "tests/support/certificates.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::net {
namespace {

using support::Authority;
using support::CertificateSpec;
using support::Identity;
using support::RawServer;
using support::RawSocket;
using Step = DialTrace::Step;

class TlsTest : public testing::Test {
 protected:
  TlsTest() { config_.ca_file = dir_.Write("ca.pem", authority_.Pem()); }

  // Dials a server that shows `identity` and then waits.
  std::unique_ptr<Dialed> DialTo(const Identity& identity, const std::string& host = "localhost",
                                 const support::TlsServerOptions& options = {}) {
    RawServer server(
        [this](RawSocket& socket) {
          server_name_ = socket.ServerName();
          socket.WaitForClose();
        },
        {.tls = support::MakeTlsServer(identity, options)});
    return DialPort(server.port(), host);
  }

  std::unique_ptr<Dialed> DialPort(std::uint16_t port, const std::string& host = "localhost",
                                   Clock::duration timeout = kSoon) {
    Endpoint endpoint = At(port, host);
    endpoint.address = "127.0.0.1";
    std::string error;
    endpoint.tls = TlsContext::Make(config_, error);
    EXPECT_TRUE(endpoint.tls) << error;
    return DialNow(endpoint, timeout);
  }

  Authority authority_;
  support::TempDir dir_;
  TlsConfig config_;
  std::string server_name_;
};

CertificateSpec Expired() {
  CertificateSpec spec;
  spec.valid_from = std::chrono::hours(-48);
  spec.valid_until = std::chrono::hours(-24);
  return spec;
}

CertificateSpec NotYetValid() {
  CertificateSpec spec;
  spec.valid_from = std::chrono::hours(1);
  spec.valid_until = std::chrono::hours(24);
  return spec;
}

void ExpectFailure(const Dialed& dialed, Error error, const std::string& detail) {
  ASSERT_FALSE(dialed.ok());
  EXPECT_EQ(dialed.error(), error) << dialed.trace.detail;
  EXPECT_EQ(dialed.trace.step, Step::kTls);
  EXPECT_TRUE(dialed.trace.tls);
  EXPECT_NE(dialed.trace.detail.find(detail), std::string::npos) << dialed.trace.detail;
}

// RFC 5280's "no expiry", beyond the range of a clock that counts nanoseconds.
TEST_F(TlsTest, ACertificateWithoutExpiryHasTheYear9999) {
  const std::chrono::sys_seconds never =
      std::chrono::sys_days(std::chrono::year(9999) / 12 / 31) + std::chrono::seconds(86399);
  CertificateSpec spec;
  spec.valid_until =
      never - std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto dialed = DialTo(authority_.Issue(spec));
  ASSERT_TRUE(dialed->ok()) << dialed->trace.detail;
  const auto not_after = dialed->trace.certificate->not_after;
  ASSERT_TRUE(not_after);
  EXPECT_LE(std::chrono::abs(*not_after - never), std::chrono::minutes(1));
}

TEST_F(TlsTest, AGoodCertificateVerifiesAndItsFactsAreKept) {
  const auto before = std::chrono::system_clock::now();
  const auto dialed = DialTo(authority_.Issue({}));
  ASSERT_TRUE(dialed->ok()) << dialed->trace.detail;
  EXPECT_EQ(dialed->trace.tls_version, "TLSv1.3");
  ASSERT_TRUE(dialed->trace.certificate);
  const CertificateFacts& facts = *dialed->trace.certificate;
  EXPECT_EQ(facts.subject, "CN=localhost");
  EXPECT_EQ(facts.issuer, "CN=Test CA");
  EXPECT_EQ(facts.verification, "");
  EXPECT_GT(facts.not_after, before + std::chrono::hours(23));
  EXPECT_LT(facts.not_after, before + std::chrono::hours(25));
  EXPECT_EQ(facts.earliest_not_after, facts.not_after);
  EXPECT_EQ(server_name_, "localhost");
}

TEST_F(TlsTest, ATrailingDotIsNotPartOfTheName) {
  EXPECT_TRUE(DialTo(authority_.Issue({}), "localhost.")->ok());
  EXPECT_EQ(server_name_, "localhost");
}

TEST_F(TlsTest, AnAddressIsVerifiedAndNotNamed) {
  EXPECT_TRUE(DialTo(authority_.Issue({}), "127.0.0.1")->ok());
  EXPECT_EQ(server_name_, "");
  EXPECT_TRUE(DialTo(authority_.Issue({}), "::1")->ok());
  ExpectFailure(*DialTo(authority_.Issue({}), "192.0.2.1"), Error::kCertificateInvalid,
                "IP address mismatch");
}

TEST_F(TlsTest, AServerNameTakesThePlaceOfTheHost) {
  CertificateSpec spec;
  spec.names = {"mcp.example"};
  config_.server_name = "mcp.example";
  EXPECT_TRUE(DialTo(authority_.Issue(spec), "192.0.2.1")->ok());
  EXPECT_EQ(server_name_, "mcp.example");
}

TEST_F(TlsTest, AWildcardIsGoodForOneLabel) {
  CertificateSpec spec;
  spec.names = {"*.mcp.example"};
  EXPECT_TRUE(DialTo(authority_.Issue(spec), "a.mcp.example")->ok());
  EXPECT_FALSE(DialTo(authority_.Issue(spec), "mcp.example")->ok());
  EXPECT_FALSE(DialTo(authority_.Issue(spec), "a.b.mcp.example")->ok());
}

TEST_F(TlsTest, AWrongNameIsInvalidAndTheFactsAreKept) {
  const auto dialed = DialTo(authority_.Issue({}), "mcp.example");
  ExpectFailure(*dialed, Error::kCertificateInvalid, "hostname mismatch");
  ASSERT_TRUE(dialed->trace.certificate);
  EXPECT_EQ(dialed->trace.certificate->subject, "CN=localhost");
  EXPECT_EQ(dialed->trace.certificate->verification, "hostname mismatch");
}

TEST_F(TlsTest, ASelfSignedCertificateIsInvalid) {
  ExpectFailure(*DialTo(support::SelfSigned({})), Error::kCertificateInvalid, "self-signed");
}

TEST_F(TlsTest, AnUnknownAuthorityIsInvalid) {
  ExpectFailure(*DialTo(Authority("Another CA").Issue({})), Error::kCertificateInvalid,
                "unable to get local issuer");
}

TEST_F(TlsTest, AnExpiredCertificateIsSaidToBeAndItsExpiryKept) {
  const auto dialed = DialTo(authority_.Issue(Expired()));
  ExpectFailure(*dialed, Error::kCertificateExpired, "certificate has expired");
  ASSERT_TRUE(dialed->trace.certificate);
  EXPECT_LT(dialed->trace.certificate->not_after, std::chrono::system_clock::now());
}

TEST_F(TlsTest, ACertificateOfTheFutureCountsAsExpired) {
  ExpectFailure(*DialTo(authority_.Issue(NotYetValid())), Error::kCertificateExpired,
                "not yet valid");
}

TEST_F(TlsTest, AnExpiredIntermediateCountsAsExpired) {
  CertificateSpec intermediate = Expired();
  intermediate.common_name = "Old intermediate";
  intermediate.names.clear();
  intermediate.authority = true;
  const auto dialed = DialTo(authority_.IssueVia(intermediate, {}));
  ExpectFailure(*dialed, Error::kCertificateExpired, "certificate has expired");
  ASSERT_TRUE(dialed->trace.certificate);
  EXPECT_GT(dialed->trace.certificate->not_after, std::chrono::system_clock::now());
  EXPECT_LT(dialed->trace.certificate->earliest_not_after, std::chrono::system_clock::now());
}

TEST_F(TlsTest, SkippingVerificationConnectsAndStillSaysWhatIsWrong) {
  config_.insecure_skip_verify = true;
  const auto expired = DialTo(authority_.Issue(Expired()));
  ASSERT_TRUE(expired->ok()) << expired->trace.detail;
  EXPECT_EQ(expired->trace.certificate->verification, "certificate has expired");
  const auto misnamed = DialTo(authority_.Issue({}), "mcp.example");
  ASSERT_TRUE(misnamed->ok());
  EXPECT_EQ(misnamed->trace.certificate->verification, "hostname mismatch");
}

TEST_F(TlsTest, AHonestChainVerifies) { EXPECT_TRUE(DialTo(authority_.IssueChain({}, 3))->ok()); }

TEST_F(TlsTest, AChainOfAHundredIsInvalid) {
  const auto dialed = DialTo(authority_.IssueChain({}, 100));
  ASSERT_FALSE(dialed->ok());
  EXPECT_EQ(dialed->error(), Error::kCertificateInvalid) << dialed->trace.detail;
  EXPECT_TRUE(dialed->trace.certificate);
}

TEST_F(TlsTest, AChainOfManyKilobytesIsNotRead) {
  ExpectFailure(*DialTo(authority_.IssueChain({}, 400)), Error::kTlsFailed,
                "excessive message size");
}

TEST_F(TlsTest, AnOldVersionIsRefused) {
  support::TlsServerOptions options;
  options.max_version = TLS1_1_VERSION;
  ExpectFailure(*DialTo(authority_.Issue({}), "localhost", options), Error::kTlsFailed, "version");
}

TEST_F(TlsTest, Version12IsSpoken) {
  support::TlsServerOptions options;
  options.max_version = TLS1_2_VERSION;
  const auto dialed = DialTo(authority_.Issue({}), "localhost", options);
  ASSERT_TRUE(dialed->ok()) << dialed->trace.detail;
  EXPECT_EQ(dialed->trace.tls_version, "TLSv1.2");
}

TEST_F(TlsTest, APeerWithoutTlsFails) {
  const std::vector<std::pair<const char*, RawServer::Script>> scripts = {
      {"version", [](RawSocket& s) { s.ReadSome(), s.Send("HTTP/1.1 400 Bad Request\r\n\r\n"); }},
      {"", [](RawSocket& s) { s.ReadSome(), s.Send(std::string(100, '\0')); }},
      {"closed the connection", [](RawSocket& s) { s.ReadSome(); }},
      {"reset", [](RawSocket& s) { s.ReadSome(), s.Reset(); }}};
  for (const auto& [detail, script] : scripts) {
    RawServer server(script);
    ExpectFailure(*DialPort(server.port()), Error::kTlsFailed, detail);
  }
}

TEST_F(TlsTest, AClientCertificateIsShownWhenAskedFor) {
  CertificateSpec spec;
  spec.common_name = "prober";
  const Identity client = authority_.Issue(spec);
  config_.cert_file = dir_.Write("client.pem", client.ChainPem());
  config_.key_file = dir_.Write("client.key", client.KeyPem());
  support::TlsServerOptions options;
  options.client_ca_pem = authority_.Pem();
  std::promise<bool> shown;
  RawServer server(
      [&](RawSocket& socket) {
        shown.set_value(socket.GotClientCertificate());
        socket.WaitForClose();
      },
      {.tls = support::MakeTlsServer(authority_.Issue({}), options)});
  const auto dialed = DialPort(server.port());
  ASSERT_TRUE(dialed->ok()) << dialed->trace.detail;
  EXPECT_TRUE(shown.get_future().get());
}

TEST_F(TlsTest, AMissingClientCertificateFailsInTheHandshakeOrAtTheFirstRead) {
  support::TlsServerOptions options;
  options.client_ca_pem = authority_.Pem();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    options.max_version = version;
    RawServer server([](RawSocket& socket) { socket.WaitForClose(); },
                     {.tls = support::MakeTlsServer(authority_.Issue({}), options)});
    const auto dialed = DialPort(server.port());
    if (version == TLS1_2_VERSION) {
      ExpectFailure(*dialed, Error::kTlsFailed, "alert");
      continue;
    }
    ASSERT_TRUE(dialed->ok());
    std::array<char, 8> bytes;
    EXPECT_EQ(Await(dialed->context, (**dialed).ReadSome(bytes)).error(), Error::kTlsFailed);
  }
}

TEST_F(TlsTest, AClientCertificateIsNotShownToAnUnverifiedServer) {
  const Identity client = authority_.Issue({});
  config_.cert_file = dir_.Write("client.pem", client.ChainPem());
  config_.key_file = dir_.Write("client.key", client.KeyPem());
  support::TlsServerOptions options;
  options.client_ca_pem = authority_.Pem();
  const auto context = support::MakeTlsServer(support::SelfSigned({}), options);
  std::promise<bool> shown;
  RawServer server([&](RawSocket& socket) {
    const bool shaken = socket.StartTls(*context);
    shown.set_value(shaken || socket.GotClientCertificate());
  });
  const auto dialed = DialPort(server.port());
  ExpectFailure(*dialed, Error::kCertificateInvalid, "self-signed");
  EXPECT_FALSE(shown.get_future().get());
}

TEST_F(TlsTest, SaysGoodbyeWhenItCloses) {
  std::promise<bool> goodbye;
  RawServer server(
      [&](RawSocket& socket) {
        socket.ReadSome();
        goodbye.set_value(socket.GotGoodbye());
      },
      {.tls = support::MakeTlsServer(authority_.Issue({}))});
  ASSERT_TRUE(DialPort(server.port())->ok());
  EXPECT_TRUE(goodbye.get_future().get());
}

TEST_F(TlsTest, CarriesMegabytesBothWays) {
  constexpr std::size_t kSize = std::size_t{4} << 20;
  RawServer server(
      [&](RawSocket& socket) {
        std::string all;
        while (all.size() < kSize) {
          const std::string some = socket.ReadSome();
          if (some.empty()) return;
          all += some;
        }
        socket.Send(all);
      },
      {.tls = support::MakeTlsServer(authority_.Issue({}))});
  const auto dialed = DialPort(server.port());
  ASSERT_TRUE(dialed->ok());
  ASSERT_TRUE(Await(dialed->context, (**dialed).Write(std::string(kSize, 'x'))));
  std::vector<char> bytes(1 << 20);
  std::size_t size = 0;
  while (size < kSize) {
    const auto got = Await(dialed->context, (**dialed).ReadSome(bytes));
    ASSERT_TRUE(got && *got > 0);
    size += *got;
  }
  EXPECT_EQ(size, kSize);
}

TEST_F(TlsTest, AReadEndsAtTheDeadline) {
  RawServer server([](RawSocket& socket) { socket.WaitForClose(); },
                   {.tls = support::MakeTlsServer(authority_.Issue({}))});
  const auto dialed = DialPort(server.port());
  ASSERT_TRUE(dialed->ok());
  (**dialed).SetDeadline(In(kShort));
  std::array<char, 8> bytes;
  const auto began = Clock::now();
  EXPECT_EQ(Await(dialed->context, (**dialed).ReadSome(bytes)).error(), Error::kTimeout);
  EXPECT_LT(Clock::now() - began, kPrompt);
}

TEST_F(TlsTest, AnEndWithoutGoodbyeCutsABodyThatLastsUntilTheEnd) {
  for (const bool goodbye : {true, false}) {
    RawServer server(
        [&](RawSocket& socket) {
          socket.ReadRequest();
          socket.Send("HTTP/1.1 200 OK\r\n\r\nall of it");
          if (!goodbye) socket.CloseAbruptly();
        },
        {.tls = support::MakeTlsServer(authority_.Issue({}))});
    auto dialed = DialPort(server.port());
    ASSERT_TRUE(dialed->ok());
    HttpClient client(std::move(**dialed), {});
    ASSERT_TRUE(Await(dialed->context, client.Exchange({}, In(kSoon))));
    const auto body = Await(dialed->context, client.ReadAll(In(kSoon)));
    if (goodbye) {
      ASSERT_TRUE(body) << body.error().message();
      EXPECT_EQ(*body, "all of it");
    } else {
      EXPECT_EQ(body.error(), Error::kClosedEarly);
    }
  }
}

TEST_F(TlsTest, AnEndWithoutGoodbyeBeforeTheAnswerIsNoAnswer) {
  RawServer server(
      [](RawSocket& socket) {
        socket.ReadRequest();
        socket.CloseAbruptly();
      },
      {.tls = support::MakeTlsServer(authority_.Issue({}))});
  auto dialed = DialPort(server.port());
  ASSERT_TRUE(dialed->ok());
  HttpClient client(std::move(**dialed), {});
  EXPECT_EQ(Await(dialed->context, client.Exchange({}, In(kSoon))).error(), Error::kNoAnswer);
}

TEST_F(TlsTest, AConnectionIsReusedInSpiteOfSessionTickets) {
  RawServer server(
      [](RawSocket& socket) {
        while (!socket.ReadRequest().empty()) {
          socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        }
      },
      {.tls = support::MakeTlsServer(authority_.Issue({}))});
  auto dialed = DialPort(server.port());
  ASSERT_TRUE(dialed->ok());
  HttpClient client(std::move(**dialed), {});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Await(dialed->context, client.Exchange({}, In(kSoon))));
    EXPECT_EQ(*Await(dialed->context, client.ReadAll(In(kSoon))), "hi");
    EXPECT_TRUE(client.reusable());
  }
  EXPECT_EQ(server.connections(), 1);
}

class TlsContextTest : public testing::Test {
 protected:
  std::string ErrorOf(const TlsConfig& config) {
    std::string error;
    EXPECT_FALSE(TlsContext::Make(config, error));
    return error;
  }
  support::TempDir dir_;
  Authority authority_;
  Identity client_ = authority_.Issue({});
};

TEST_F(TlsContextTest, NamesTheFileThatIsAtFault) {
  TlsConfig config;
  config.ca_file = "/nowhere/ca.pem";
  EXPECT_NE(ErrorOf(config).find("ca_file /nowhere/ca.pem"), std::string::npos);
  config.ca_file = dir_.Write("ca.pem", "no certificate");
  EXPECT_NE(ErrorOf(config).find(config.ca_file), std::string::npos);
  config.ca_file.clear();
  config.cert_file = dir_.Write("cert.pem", client_.ChainPem());
  EXPECT_NE(ErrorOf(config).find("only one is given"), std::string::npos);
  config.key_file = dir_.Write("key.pem", "no key");
  EXPECT_NE(ErrorOf(config).find("key_file " + config.key_file), std::string::npos);
  config.cert_file = "/nowhere/cert.pem";
  EXPECT_NE(ErrorOf(config).find("cert_file /nowhere/cert.pem"), std::string::npos);
}

TEST_F(TlsContextTest, RefusesAKeyOfAnotherCertificate) {
  TlsConfig config;
  config.cert_file = dir_.Write("cert.pem", client_.ChainPem());
  config.key_file = dir_.Write("key.pem", authority_.Issue({}).KeyPem());
  EXPECT_NE(ErrorOf(config).find("key_file"), std::string::npos);
}

TEST_F(TlsContextTest, TakesTheSystemsAuthoritiesByDefault) {
  std::string error;
  EXPECT_TRUE(TlsContext::Make({}, error)) << error;
}

}  // namespace
}  // namespace mcp_vitals::net
