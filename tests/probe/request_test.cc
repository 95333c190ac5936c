// What goes with every request: credentials, headers, redirects; and what must not go anywhere.

#include <sys/stat.h>

#include "net/tls_context.h"
#include "tests/probe/probe_fixture.h"
#include "tests/support/certificates.h"
#include "vitals/inside_canary.h"

namespace mcp_vitals::probe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class RequestTest : public ProbeFixture {
 protected:
  static Target Following(const ScriptedServer& server, std::string_view path = "/mcp") {
    Target target = At(server, path);
    target.follow_redirects = true;
    return target;
  }
  static Play Redirect(int status, std::string to) {
    return Fixed(Http(status, "", "", "Location: " + to + "\r\n"));
  }

  support::TempDir files_;
};

TEST_F(RequestTest, CredentialsAreReadAtEachProbe) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.credentials_file = files_.Write("token", "first\n");
  EXPECT_THAT(Probe(target), Succeeded());
  files_.Write("token", "second\n");
  EXPECT_THAT(Probe(target), Succeeded());
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[0].Header("authorization"), "Bearer first");
  EXPECT_EQ(requests[1].Header("authorization"), "Bearer first");
  EXPECT_EQ(requests[3].Header("authorization"), "Bearer second");
}

TEST_F(RequestTest, UnreadableCredentialsAreNamedAndNothingIsSent) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.credentials_file = files_.path() + "/missing";
  const ProbeResult result = Probe(target);
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.reason, Reason::kInternal);
  EXPECT_THAT(result.detail, HasSubstr(files_.path() + "/missing"));
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(RequestTest, ConfiguredHeadersGoWithEveryRequestAndHostReplacesOurs) {
  ScriptedServer server(Legacy());
  Target target = At(server);
  target.headers = {{"host", "mcp.example.com"}, {"X-Tenant", "blue"}};
  prober_.probe_token = "token-1";
  EXPECT_THAT(Probe(target), Succeeded());
  for (const Seen& seen : server.requests()) {
    SCOPED_TRACE(seen.What());
    EXPECT_EQ(seen.Header("host"), "mcp.example.com");
    EXPECT_EQ(seen.Header("x-tenant"), "blue");
    EXPECT_EQ(seen.Header("mcp-vitals-probe"),
              "token-1 " + std::to_string(vitals::ProbeTag(target.name)));
  }
}

TEST_F(RequestTest, WithoutATokenThereIsNoTokenHeader) {
  ScriptedServer server(Modern());
  Probe(At(server));
  EXPECT_EQ(server.requests()[0].headers.count("mcp-vitals-probe"), 0u);
  EXPECT_EQ(server.requests()[0].headers.count("authorization"), 0u);
}

TEST_F(RequestTest, SecretsThatTheServerRepeatsAreNotShown) {
  Script script = Legacy();
  script["tools/list"] = [](const Seen& seen, support::RawSocket&) {
    return Http(404, "text/plain",
                "session " + seen.Header("mcp-session-id") + " of " + seen.Header("authorization") +
                    " and " + seen.Header("x-key") + " is unknown to " +
                    seen.Header("mcp-vitals-probe"));
  };
  ScriptedServer server(script);
  Target target = At(server);
  target.credentials_file = files_.Write("token", "token-secret");
  target.headers = {{"X-Key", "key-secret"}};
  prober_.probe_token = "probe-secret";
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, FailedWith(Reason::kSessionError, Phase::kListTools));
  EXPECT_THAT(result.detail, HasSubstr("unknown"));
  EXPECT_THAT(result.detail, Not(HasSubstr("secret")));
  EXPECT_THAT(result.detail, Not(HasSubstr("session-1")));
}

TEST_F(RequestTest, ForeignTextInDetailsIsMadeSafeAndShort) {
  Script script = Modern();
  script["tools/list"] =
      Fixed(Http(500, "text/plain", "\x1b[31m\r\nred\xff" + std::string(100'000, 'x')));
  ScriptedServer server(script);
  const std::string detail = Probe(At(server)).detail;
  EXPECT_LT(detail.size(), 600u);
  for (const char c : detail) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

TEST_F(RequestTest, RedirectIsAFailureUnlessAllowed) {
  ScriptedServer server({{"*", Redirect(308, "/mcp/")}});
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, FailedWith(Reason::kRedirectError, Phase::kDiscover));
  EXPECT_THAT(result.detail, HasSubstr("/mcp/"));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(RequestTest, RedirectIsFollowedAndTheRestGoesThereAtOnce) {
  Script script = Modern();
  script["server/discover"] = [discover = script["server/discover"]](
                                  const Seen& seen,
                                  support::RawSocket& socket) -> std::optional<std::string> {
    if (seen.target == "/mcp") return Http(307, "", "", "Location: /mcp/\r\n");
    return discover(seen, socket);
  };
  ScriptedServer server(script);
  const ProbeResult result = Probe(Following(server));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.redirects, 1);
  std::vector<std::string> paths;
  for (const Seen& seen : server.requests()) paths.push_back(seen.target);
  EXPECT_THAT(paths, ElementsAre("/mcp", "/mcp/", "/mcp/"));
}

TEST_F(RequestTest, CredentialsAndHeadersDoNotFollowToAnotherServer) {
  ScriptedServer elsewhere(Modern());
  ScriptedServer server({{"*", Redirect(307, elsewhere.Url())}});
  Target target = Following(server);
  target.credentials_file = files_.Write("token", "secret");
  target.headers = {{"X-Key", "secret"}, {"Host", "inside"}};
  prober_.probe_token = "secret";
  EXPECT_THAT(Probe(target), Succeeded());
  EXPECT_EQ(server.requests()[0].Header("authorization"), "Bearer secret");
  for (const Seen& seen : elsewhere.requests()) {
    for (const auto& [name, value] : seen.headers) {
      EXPECT_THAT(value, Not(HasSubstr("secret"))) << name;
    }
    EXPECT_THAT(seen.Header("host"), HasSubstr("127.0.0.1"));
  }
}

TEST_F(RequestTest, RedirectLeadsOnlyWhereTheTargetMayReach) {
  ScriptedServer elsewhere(Modern());
  ScriptedServer server({{"*", Redirect(307, elsewhere.Url())}});
  Target target = Following(server);
  target.may_reach = [](const std::string& host) { return host == "127.0.0.1"; };
  EXPECT_THAT(Probe(target), Succeeded());
  target.may_reach = [](const std::string&) { return false; };
  EXPECT_THAT(Probe(target), FailedWith(Reason::kRedirectError, Phase::kDiscover));
}

TEST_F(RequestTest, CredentialsThatWouldBeWaitedForAreUnreadable) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.credentials_file = files_.path() + "/fifo";
  ASSERT_EQ(::mkfifo(target.credentials_file.c_str(), 0600), 0);
  EXPECT_THAT(Probe(target), FailedWith(Reason::kInternal, Phase::kResolve));
}

TEST_F(RequestTest, StatusIsOfTheExchangeThatFailed) {
  Script script = Legacy();
  script["initialize"] = Hang();
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server), kShort);
  EXPECT_THAT(result, FailedWith(Reason::kTimeout, Phase::kInitialize));
  EXPECT_FALSE(result.http_status) << "400 was the answer to server/discover";
}

TEST_F(RequestTest, RedirectLoopEnds) {
  ScriptedServer server({{"*", Redirect(307, "/mcp")}});
  EXPECT_THAT(Probe(Following(server)), FailedWith(Reason::kRedirectError, Phase::kDiscover));
  EXPECT_EQ(server.requests().size(), 6u);
}

TEST_F(RequestTest, RedirectThatTurnsPostIntoGetIsNotFollowed) {
  for (const int status : {301, 302, 303}) {
    ScriptedServer server({{"*", Redirect(status, "/mcp/")}});
    EXPECT_THAT(Probe(Following(server)), FailedWith(Reason::kRedirectError, Phase::kDiscover));
  }
}

TEST_F(RequestTest, RedirectFromHttpsToHttpIsNeverFollowed) {
  support::Authority authority;
  ScriptedServer plain(Modern());
  ScriptedServer server({{"*", Redirect(307, plain.Url())}},
                        {.tls = support::MakeTlsServer(authority.Issue({}))});
  Target target = Following(server);
  std::string error;
  net::TlsConfig config;
  config.ca_file = files_.Write("ca.pem", authority.Pem());
  target.tls = net::TlsContext::Make(config, error);
  ASSERT_TRUE(target.tls) << error;
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, FailedWith(Reason::kRedirectError, Phase::kDiscover));
  EXPECT_EQ(plain.connections(), 0);
  EXPECT_FALSE(result.tls_version.empty());
  EXPECT_TRUE(result.certificate);
  EXPECT_EQ(result.certificate->verification, "");
}

TEST_F(RequestTest, CertificateIsToldEvenWhenItDoesNotVerify) {
  const auto expired = [] {
    support::CertificateSpec spec;
    spec.valid_from = std::chrono::hours(-48);
    spec.valid_until = std::chrono::hours(-24);
    return spec;
  };
  support::Authority authority;
  ScriptedServer server(Modern(), {.tls = support::MakeTlsServer(authority.Issue(expired()))});
  Target target = At(server);
  std::string error;
  net::TlsConfig config;
  config.ca_file = files_.Write("ca.pem", authority.Pem());
  target.tls = net::TlsContext::Make(config, error);
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, FailedWith(Reason::kCertificateExpired, Phase::kTls));
  ASSERT_TRUE(result.certificate);
  EXPECT_LT(result.certificate->not_after, std::chrono::system_clock::now());
  EXPECT_NE(result.certificate->verification, "");
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(RequestTest, NothingListening) {
  support::RefusedPort port;
  const ProbeResult result = Probe(At("http://127.0.0.1:" + std::to_string(port.port()) + "/mcp"));
  EXPECT_THAT(result, FailedWith(Reason::kConnectionRefused, Phase::kConnect));
  EXPECT_EQ(result.address, "127.0.0.1");
  EXPECT_FALSE(result.phases[static_cast<std::size_t>(Phase::kDiscover)]) << "never reached";
}

TEST_F(RequestTest, AddressTakesThePlaceOfTheLookup) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.url.host = "mcp.invalid";
  target.address = "127.0.0.1";
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.address, "127.0.0.1");
  EXPECT_THAT(server.requests()[0].Header("host"), HasSubstr("mcp.invalid"));
}

}  // namespace
}  // namespace mcp_vitals::probe
