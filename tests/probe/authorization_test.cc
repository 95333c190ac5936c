// 401 and 403, and what is read about where to get a token.

#include "tests/probe/probe_fixture.h"

namespace mcp_vitals::probe {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kMetadata =
    R"({"resource":"x","authorization_servers":["https://login.example.com"],)"
    R"("scopes_supported":["mcp:read","mcp:call"]})";

class AuthorizationTest : public ProbeFixture {
 protected:
  // POST is refused; GET serves `documents` by path.
  static Script Refusing(int status, std::string challenge,
                         std::map<std::string, std::string> documents = {}) {
    Script script;
    script["*"] = Fixed(Http(status, "text/plain", "",
                             challenge.empty() ? "" : "WWW-Authenticate: " + challenge + "\r\n"));
    script["GET"] = [documents](const Seen& seen, support::RawSocket&) {
      const auto found = documents.find(seen.target);
      return found == documents.end() ? Http(404, "text/plain", "")
                                      : Http(200, "application/json", found->second);
    };
    return script;
  }
  static std::vector<std::string> Fetched(const ScriptedServer& server) {
    std::vector<std::string> paths;
    for (const Seen& seen : server.requests()) {
      if (seen.verb == "GET") paths.push_back(seen.target);
    }
    return paths;
  }
};

TEST_F(AuthorizationTest, RefusalIsReportedWhetherOrNotThereIsMetadata) {
  for (const int status : {401, 403}) {
    ScriptedServer server(Refusing(status, ""));
    const ProbeResult result = Probe(At(server));
    EXPECT_THAT(result, FailedWith(Reason::kAuthRequired, Phase::kDiscover));
    EXPECT_EQ(result.http_status, status);
    EXPECT_EQ(result.resource_metadata, "");
    EXPECT_FALSE(result.hint.empty());
  }
}

TEST_F(AuthorizationTest, MetadataIsFetchedWhereTheChallengeSays) {
  auto url = std::make_shared<std::string>();
  Script script = Refusing(401, "", {{"/meta?x=1", std::string(kMetadata)}});
  script["*"] = [url](const Seen&, support::RawSocket&) {
    return Http(401, "", "",
                "WWW-Authenticate: Bearer realm=\"a\", resource_metadata=\"" + *url +
                    "\", scope=\"mcp:read\"\r\n");
  };
  ScriptedServer server(script);
  *url = server.Url("/meta?x=1");
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, FailedWith(Reason::kAuthRequired, Phase::kDiscover));
  EXPECT_THAT(Fetched(server), ElementsAre("/meta?x=1"));
  EXPECT_THAT(result.resource_metadata, HasSubstr("https://login.example.com"));
  EXPECT_THAT(result.detail, AllOf(HasSubstr("https://login.example.com"), HasSubstr("mcp:read")));
}

TEST_F(AuthorizationTest, WellKnownPlacesAreTriedInOrder) {
  ScriptedServer server(
      Refusing(401, "Bearer", {{"/.well-known/oauth-protected-resource", std::string(kMetadata)}}));
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(Fetched(server), ElementsAre("/.well-known/oauth-protected-resource/mcp",
                                           "/.well-known/oauth-protected-resource"));
  EXPECT_THAT(result.resource_metadata, HasSubstr("https://login.example.com"));
}

TEST_F(AuthorizationTest, MetadataIsNotFetchedFromAnotherHost) {
  ScriptedServer elsewhere(Refusing(401, "", {{"/meta", std::string(kMetadata)}}));
  std::string foreign = elsewhere.Url("/meta");
  foreign.replace(foreign.find("127.0.0.1"), 9, "127.0.0.2");
  ScriptedServer server(Refusing(401, "Bearer resource_metadata=\"" + foreign + "\""));
  Probe(At(server));
  EXPECT_EQ(elsewhere.connections(), 0);
  EXPECT_THAT(Fetched(server), ElementsAre("/.well-known/oauth-protected-resource/mcp",
                                           "/.well-known/oauth-protected-resource"));
}

TEST_F(AuthorizationTest, CredentialsAreNotSentForMetadata) {
  ScriptedServer server(Refusing(401, "Bearer"));
  Target target = At(server);
  target.headers = {{"Authorization", "Bearer secret"}};
  const ProbeResult result = Probe(target);
  for (const Seen& seen : server.requests()) {
    EXPECT_EQ(seen.Header("authorization"), seen.verb == "GET" ? "" : "Bearer secret");
  }
  EXPECT_THAT(result.detail, Not(HasSubstr("secret")));
}

TEST_F(AuthorizationTest, LackOfScopeIsSaid) {
  ScriptedServer server(Refusing(403, R"(Bearer error="insufficient_scope", scope="mcp:call")"));
  const ProbeResult result = Probe(At(server));
  EXPECT_THAT(result, FailedWith(Reason::kAuthRequired, Phase::kDiscover));
  EXPECT_THAT(result.detail, HasSubstr("insufficient_scope"));
}

TEST_F(AuthorizationTest, MetadataThatHangsCostsOnlyAPartOfTheTime) {
  Script script = Refusing(401, "Bearer");
  script["GET"] = Hang();
  ScriptedServer server(script);
  const ProbeResult result = Probe(At(server), std::chrono::milliseconds(600));
  EXPECT_THAT(result, FailedWith(Reason::kAuthRequired, Phase::kDiscover));
  EXPECT_LT(result.duration.count(), 0.6);
}

TEST_F(AuthorizationTest, HugeOrForeignMetadataIsNoMatter) {
  for (const std::string& document :
       {std::string(200'000, '['), std::string("\xff\xfe"), std::string("[]"),
        std::string(R"({"authorization_servers":"https://x"})"),
        std::string(R"({"authorization_servers":[1,2]})")}) {
    ScriptedServer server(
        Refusing(401, "Bearer", {{"/.well-known/oauth-protected-resource", document}}));
    const ProbeResult result = Probe(At(server));
    EXPECT_THAT(result, FailedWith(Reason::kAuthRequired, Phase::kDiscover));
    EXPECT_EQ(result.resource_metadata, "");
  }
}

TEST_F(AuthorizationTest, RefusalInALaterStepHasThatPhase) {
  Script script = Legacy();
  script["tools/list"] = Fixed(Http(401, "", ""));
  ScriptedServer server(script);
  EXPECT_THAT(Probe(At(server)), FailedWith(Reason::kAuthRequired, Phase::kListTools));
}

}  // namespace
}  // namespace mcp_vitals::probe
