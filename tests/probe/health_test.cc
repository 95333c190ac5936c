// The server's own health endpoint beside the canary.

#include "tests/probe/probe_fixture.h"

namespace mcp_vitals::probe {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class HealthTest : public ProbeFixture {
 protected:
  static Target Checked(const ScriptedServer& server, const ScriptedServer& health) {
    Target target = At(server);
    target.canary = Canary{"add", "{}", {}};
    target.health_url = *net::ParseUrl(health.Url("/health"));
    return target;
  }
  static Script Answering(int status) {
    return {{"GET", Fixed(Http(status, "text/plain", "status"))}};
  }
  static Script WithBadCanary() {
    Script script = Modern();
    script["tools/call"] =
        Result(R"({"isError":true,"content":[{"type":"text","text":"db is down"}]})");
    return script;
  }
};

TEST_F(HealthTest, IsNotedBesideAGoodCanary) {
  ScriptedServer server(Modern());
  ScriptedServer health(Answering(200));
  const ProbeResult result = Probe(Checked(server, health));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.health_status, 200);
  EXPECT_FALSE(result.health_contradicts());
  EXPECT_EQ(health.Only("GET").target, "/health");
}

TEST_F(HealthTest, GreenHealthAndABadCanaryIsAFinding) {
  ScriptedServer server(WithBadCanary());
  ScriptedServer health(Answering(204));
  const ProbeResult result = Probe(Checked(server, health));
  EXPECT_THAT(result, FailedWith(Reason::kCanaryFailed, Phase::kCanary));
  EXPECT_TRUE(result.health_contradicts());
  EXPECT_THAT(result.detail, AllOf(HasSubstr("db is down"), HasSubstr("health")));
}

TEST_F(HealthTest, RedHealthAgreesWithABadCanary) {
  ScriptedServer server(WithBadCanary());
  ScriptedServer health(Answering(503));
  const ProbeResult result = Probe(Checked(server, health));
  EXPECT_EQ(result.health_status, 503);
  EXPECT_FALSE(result.health_contradicts());
  EXPECT_THAT(result.detail, Not(HasSubstr("health")));
}

TEST_F(HealthTest, BadHealthAloneIsNoFailure) {
  ScriptedServer server(Modern());
  ScriptedServer health(Answering(500));
  const ProbeResult result = Probe(Checked(server, health));
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.health_status, 500);
}

TEST_F(HealthTest, RedirectIsTakenAsTheAnswer) {
  ScriptedServer server(Modern());
  ScriptedServer health({{"GET", Fixed(Http(302, "", "", "Location: /elsewhere\r\n"))}});
  EXPECT_EQ(Probe(Checked(server, health)).health_status, 302);
  EXPECT_EQ(health.requests().size(), 1u);
}

TEST_F(HealthTest, IsKnownEvenWhenTheProbeTookAllItsTime) {
  Script script = Modern();
  script["tools/call"] = Hang();
  ScriptedServer server(script);
  ScriptedServer health(Answering(200));
  const ProbeResult result = Probe(Checked(server, health), kShort);
  EXPECT_THAT(result, FailedWith(Reason::kTimeout, Phase::kCanary));
  EXPECT_EQ(result.health_status, 200);
  EXPECT_TRUE(result.health_contradicts());
}

TEST_F(HealthTest, HealthThatHangsEndsWithTheProbesTime) {
  ScriptedServer server(Modern());
  ScriptedServer health({{"GET", Hang()}});
  const auto began = std::chrono::steady_clock::now();
  const ProbeResult result = Probe(Checked(server, health), kShort);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.health_status, 0);
  EXPECT_LT(result.duration, took) << "what was waited for was not the server";
}

TEST_F(HealthTest, SecretsAreNotSentToIt) {
  ScriptedServer server(Modern());
  ScriptedServer health(Answering(200));
  Target target = Checked(server, health);
  target.headers = {{"X-Key", "secret"}};
  Probe(target);
  for (const auto& [name, value] : health.Only("GET").headers) {
    EXPECT_THAT(value, Not(HasSubstr("secret"))) << name;
  }
}

}  // namespace
}  // namespace mcp_vitals::probe
