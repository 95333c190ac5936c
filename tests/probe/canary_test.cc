// The tools that a server offers against those expected, and the call of one.

#include <re2/re2.h>

#include "tests/probe/probe_fixture.h"

namespace mcp_vitals::probe {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using vitals::SchemaSeverity;

class CanaryTest : public ProbeFixture {
 protected:
  static Target Calling(const ScriptedServer& server, Expectation expect = {},
                        std::string tool = "add", std::string arguments = R"({"a":1,"b":2})") {
    Target target = At(server);
    target.canary = Canary{std::move(tool), std::move(arguments), std::move(expect)};
    return target;
  }
};

TEST_F(CanaryTest, CallsTheToolWithItsArguments) {
  for (const Script& script : {Legacy(), Modern(), HttpSseScript().script()}) {
    ScriptedServer server(script);
    const ProbeResult result = Probe(Calling(server, {.text_contains = {"3"}}));
    EXPECT_THAT(result, Succeeded());
    EXPECT_EQ(result.canary_success, true);
    EXPECT_THAT(server.Only("POST tools/call").body,
                AllOf(HasSubstr(R"("name":"add")"), HasSubstr(R"("arguments":{"a":1,"b":2})")));
  }
}

// It may have an effect: whether it had is not known, and a second call would hide the failure.
TEST_F(CanaryTest, IsNotCalledAgainWhenTheConnectionBreaks) {
  Script script = Modern();
  script["tools/call"] = CloseAtOnce();
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Calling(server)), FailedWith(Reason::kConnectionError, Phase::kCanary));
  EXPECT_EQ(server.Only("POST tools/call").method, "tools/call");
}

TEST_F(CanaryTest, UnmetExpectationFailsTheProbe) {
  ScriptedServer server(Modern());
  const ProbeResult result = Probe(Calling(server, {.text_contains = {"4"}}));
  EXPECT_THAT(result, FailedWith(Reason::kCanaryFailed, Phase::kCanary));
  EXPECT_EQ(result.canary_success, false);
  EXPECT_THAT(result.detail, HasSubstr("\"4\""));
}

TEST_F(CanaryTest, PointersStartAtTheResultOfJsonAndStreamsAlike) {
  PointerCheck check;
  check.pointer = "/structuredContent/sum";
  check.min = 3;
  for (const bool stream : {false, true}) {
    Script script = Modern();
    const std::string result = R"({"content":[],"structuredContent":{"sum":3}})";
    script["tools/call"] = stream ? Stream(result) : Result(result);
    ScriptedServer server(script);
    EXPECT_THAT(Probe(Calling(server, {.checks = {check}})), Succeeded());
  }
}

TEST_F(CanaryTest, PointersReachIntoABatch) {
  PointerCheck check;
  check.pointer = "/structuredContent/sum";
  check.equals = "3";
  Script script = Legacy();
  script["tools/call"] = [](const Seen& seen, support::RawSocket&) {
    return Http(200, "application/json",
                R"([{"jsonrpc":"2.0","method":"notifications/message"},)" +
                    ResultJson(seen, R"({"content":[],"structuredContent":{"sum":3}})") + "]");
  };
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Calling(server, {.checks = {check}})), Succeeded());
}

TEST_F(CanaryTest, UnknownToolFailsHoweverTheServerSaysIt) {
  const std::vector<Play> answers = {
      Error(200, -32602, "Unknown tool: add"), Error(400, -32602, "Unknown tool: add"),
      Result(R"({"isError":true,"content":[{"type":"text","text":"Unknown tool: add"}]})")};
  for (const Play& answer : answers) {
    for (Script script : {Legacy(), Modern()}) {
      script["tools/call"] = answer;
      ScriptedServer server(script);
      const ProbeResult result = Probe(Calling(server));
      EXPECT_THAT(result, FailedWith(Reason::kCanaryFailed, Phase::kCanary));
      EXPECT_EQ(result.canary_success, false);
      EXPECT_THAT(result.detail, HasSubstr("Unknown tool: add"));
    }
  }
}

TEST_F(CanaryTest, ToolThatWantsInputHasFailed) {
  Script script = Modern();
  script["tools/call"] = Result(R"({"resultType":"input_required","inputRequests":{}})");
  ScriptedServer server(script);
  const ProbeResult result = Probe(Calling(server));
  EXPECT_THAT(result, FailedWith(Reason::kCanaryFailed, Phase::kCanary));
  EXPECT_THAT(result.detail, HasSubstr("input_required"));
}

TEST_F(CanaryTest, CallThatHangsTimesOutInItsPhase) {
  Script script = Modern();
  script["tools/call"] = Hang();
  ScriptedServer server(script);
  const ProbeResult result = Probe(Calling(server), kShort);
  EXPECT_THAT(result, FailedWith(Reason::kTimeout, Phase::kCanary));
  EXPECT_EQ(result.canary_success, false);
  EXPECT_EQ(server.Sequence().back(), "POST tools/call") << "closing the connection cancels";
}

TEST_F(CanaryTest, CanaryThatIsNotReachedIsNeitherGoodNorBad) {
  Script script = Modern();
  script["tools/list"] = Error(200, -32603, "no");
  ScriptedServer server(script);
  EXPECT_EQ(Probe(Calling(server)).canary_success, std::nullopt);
  ScriptedServer healthy(Modern());
  EXPECT_EQ(Probe(At(healthy)).canary_success, std::nullopt);
}

TEST_F(CanaryTest, NameAndParametersTravelInHeaders) {
  Script script = Modern();
  script["tools/list"] =
      Result(R"({"tools":[{"name":"größe","inputSchema":{"type":"object","properties":{)"
             R"("region":{"type":"string","x-mcp-header":"Region"},)"
             R"("count":{"type":"integer","x-mcp-header":"Count"},"plain":{"type":"string"}}}}]})");
  ScriptedServer server(script);
  EXPECT_THAT(Probe(Calling(server, {}, "größe", R"({"region":"eu west","count":3,"plain":"x"})")),
              Succeeded());
  const Seen call = server.Only("POST tools/call");
  EXPECT_EQ(call.Header("mcp-name"), "=?base64?Z3LDtsOfZQ==?=");
  EXPECT_EQ(call.Header("mcp-param-region"), "eu west");
  EXPECT_EQ(call.Header("mcp-param-count"), "3");
  EXPECT_EQ(call.headers.count("mcp-param-plain"), 0u);
}

TEST_F(CanaryTest, ToolWithInvalidHeaderRulesIsNotCalled) {
  Script script = Modern();
  script["tools/list"] =
      Result(R"({"tools":[{"name":"add","inputSchema":{"type":"object","properties":{)"
             R"("a":{"type":"object","x-mcp-header":"A"}}}}]})");
  ScriptedServer server(script);
  const ProbeResult result = Probe(Calling(server));
  EXPECT_THAT(result, FailedWith(Reason::kCanaryFailed, Phase::kCanary));
  EXPECT_EQ(result.tools, 1u);
  EXPECT_THAT(server.Sequence(), ElementsAre("POST server/discover", "POST tools/list"));
}

TEST_F(CanaryTest, LegacyServersGetNoModernHeaders) {
  ScriptedServer server(Legacy());
  EXPECT_THAT(Probe(Calling(server)), Succeeded());
  EXPECT_EQ(server.Only("POST tools/call").headers.count("mcp-method"), 0u);
  EXPECT_EQ(server.Only("POST tools/call").headers.count("mcp-name"), 0u);
}

TEST_F(CanaryTest, MissingToolsAreListedInOrder) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.expect_tools = {"zeta", "add", "alpha"};
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, FailedWith(Reason::kToolsMissing, Phase::kListTools));
  EXPECT_THAT(result.missing_tools, ElementsAre("alpha", "zeta"));
  EXPECT_THAT(result.detail, HasSubstr("alpha, zeta"));
  EXPECT_EQ(result.tools, 2u);
}

TEST_F(CanaryTest, ManifestThatHoldsIsNoFinding) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.expect_manifest = *mcp::ParseManifest(kTools);
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.schema_change, std::nullopt);
  EXPECT_EQ(result.manifest_digest.size(), 32u);
}

TEST_F(CanaryTest, ToolThatIsGoneBreaks) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.expect_manifest = *mcp::ParseManifest(
      R"([{"name":"add","inputSchema":{"type":"object"}},{"name":"echo"},{"name":"gone"}])");
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, FailedWith(Reason::kSchemaChanged, Phase::kListTools));
  EXPECT_EQ(result.schema_change, SchemaSeverity::kBreaking);
  EXPECT_THAT(result.detail, AllOf(HasSubstr("gone"), HasSubstr("echo")));
}

TEST_F(CanaryTest, ToolThatChangedIsUnclassified) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.expect_manifest = *mcp::ParseManifest(
      R"([{"name":"add","inputSchema":{"type":"object"}},{"name":"echo","description":"other"}])");
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, FailedWith(Reason::kSchemaChanged, Phase::kListTools));
  EXPECT_EQ(result.schema_change, SchemaSeverity::kUnclassified);
}

TEST_F(CanaryTest, ToolThatIsNewIsSafeAndNoFailure) {
  ScriptedServer server(Modern());
  Target target = At(server);
  target.expect_manifest =
      *mcp::ParseManifest(R"([{"name":"add","inputSchema":{"type":"object"}}])");
  const ProbeResult result = Probe(target);
  EXPECT_THAT(result, Succeeded());
  EXPECT_EQ(result.schema_change, SchemaSeverity::kSafe);
}

}  // namespace
}  // namespace mcp_vitals::probe
