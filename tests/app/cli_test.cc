#include <gmock/gmock.h>

#include <csignal>

#include "app/sample_server.h"
#include "mcp/json_pointer.h"
#include "tests/app/program.h"
#include "tests/app/slow_server.h"
#include "tests/support/certificates.h"

// The command line, as people and scripts meet it.
namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Ran {
  int status = 0;
  std::string out, err;
};

Ran RunTool(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
  arguments.insert(arguments.begin(), PROGRAM);
  Program program(std::move(arguments), std::move(environment));
  Ran ran;
  ran.status = program.Wait();
  ran.out = program.out();
  ran.err = program.err();
  return ran;
}

TEST(CliTest, HelpIsEverywhereAndHasExamples) {
  for (const char* command : {"", "run", "probe", "demo", "scaler"}) {
    std::vector<std::string> arguments = {"--help"};
    if (*command != '\0') arguments.insert(arguments.begin(), command);
    const Ran ran = RunTool(arguments);
    EXPECT_EQ(ran.status, 0) << command;
    EXPECT_THAT(ran.out, HasSubstr("Examples:\n  mcp-vitals ")) << command;
    EXPECT_THAT(ran.out, HasSubstr("Exit status: ")) << command;
    EXPECT_EQ(ran.err, "") << command;
  }
}

TEST(CliTest, TellsItsVersion) {
  const Ran ran = RunTool({"--version"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, StartsWith("mcp-vitals 0."));
}

struct UsageCase {
  const char* name;
  std::vector<std::string> arguments;
  const char* message;  // a part of it that names what to fix
  friend void PrintTo(const UsageCase& c, std::ostream* out) { *out << c.name; }
};

class UsageTest : public testing::TestWithParam<UsageCase> {};

TEST_P(UsageTest, ExitsWithTwoAndNamesTheFlag) {
  const Ran ran = RunTool(GetParam().arguments);
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr(GetParam().message));
  EXPECT_EQ(ran.out, "");
}

constexpr char kUrl[] = "http://127.0.0.1:1/mcp";

INSTANTIATE_TEST_SUITE_P(
    Cli, UsageTest,
    testing::Values(
        UsageCase{"NoCommand", {}, "subcommand is required"},
        UsageCase{"UnknownCommand",
                  {"prob"},
                  "\"prob\" is no command, did you mean probe? (allowed: run, probe, drain, "
                  "scaler, demo)"},
        UsageCase{"UnknownFlag",
                  {"probe", kUrl, "--timout", "1s"},
                  "\"--timout\" is no option, did you mean --timeout?"},
        UsageCase{"UnknownFlagBeforeTheUrl",
                  {"probe", "--expct-tool", "x", kUrl},
                  "\"--expct-tool\" is no option, did you mean --expect-tool?"},
        UsageCase{"NoUrl", {"probe"}, "URL is required"},
        UsageCase{"BadUrl", {"probe", "mcp.example.com"}, "URL: \"mcp.example.com\" is no URL"},
        UsageCase{"FlagWithoutValue", {"probe", kUrl, "--timeout"}, "--timeout"},
        UsageCase{
            "BadTimeout", {"probe", kUrl, "--timeout", "10"}, "--timeout: \"10\" is no duration"},
        UsageCase{"BadProtocol",
                  {"probe", kUrl, "--protocol", "1"},
                  "--protocol: \"1\" is no MCP version"},
        UsageCase{
            "BadOutput", {"probe", kUrl, "--output", "xml"}, "--output: \"xml\" is no format"},
        UsageCase{"BadColor", {"probe", kUrl, "--color", "red"}, "--color: \"red\" is unknown"},
        UsageCase{"BadHeader", {"probe", kUrl, "--header", "x"}, "--header: is no header"},
        UsageCase{"OwnHeader", {"probe", kUrl, "--header", "Mcp-Session-Id: x"}, "--header: "},
        UsageCase{"NoToken",
                  {"probe", kUrl, "--bearer-token-file", "/nowhere"},
                  "--bearer-token-file: cannot read /nowhere"},
        UsageCase{
            "NoCa", {"probe", kUrl, "--ca-file", "/nowhere"}, "--ca-file: cannot read /nowhere"},
        UsageCase{"CaIsNone", {"probe", kUrl, "--ca-file", "/etc/hostname"}, "--ca-file: "},
        UsageCase{
            "CertWithoutKey", {"probe", kUrl, "--cert-file", "/etc/hostname"}, "--key-file: "},
        UsageCase{
            "KeyWithoutCert", {"probe", kUrl, "--key-file", "/etc/hostname"}, "--cert-file: "},
        UsageCase{"BadAddress", {"probe", kUrl, "--address", "localhost"}, "--address: "},
        UsageCase{"BadResolver", {"probe", kUrl, "--resolver", "dns"}, "--resolver: "},
        UsageCase{
            "NoManifest", {"probe", kUrl, "--manifest-file", "/nowhere"}, "--manifest-file: "},
        UsageCase{"ManifestIsNone",
                  {"probe", kUrl, "--manifest-file", "/etc/hostname"},
                  "--manifest-file: "},
        UsageCase{"ArgumentsWithoutCall",
                  {"probe", kUrl, "--arguments", "{}"},
                  "--arguments: needs --call"},
        UsageCase{"ExpectWithoutCall",
                  {"probe", kUrl, "--expect", "contains=a"},
                  "--expect: needs --call"},
        UsageCase{"BadArguments",
                  {"probe", kUrl, "--call", "t", "--arguments", "[1]"},
                  "--arguments: is no JSON object"},
        UsageCase{"BadExpect",
                  {"probe", kUrl, "--call", "t", "--expect", "nonsense"},
                  "--expect: \"nonsense\" is no expectation"},
        UsageCase{"BadHealthUrl", {"probe", kUrl, "--health-url", "x"}, "--health-url: "},
        UsageCase{"RunWithoutConfig", {"run"}, "--config is required"},
        UsageCase{"NoConfigFile", {"run", "--config", "/nowhere.yml"}, "/nowhere.yml: cannot read"},
        UsageCase{"NothingToAskAScaler", {"scaler"}, "subcommand is required"},
        UsageCase{"NoScaler", {"scaler", "get"}, "ADDRESS is required"},
        UsageCase{"ScalerWithoutPort",
                  {"scaler", "get", "localhost", "fleet=f"},
                  "ADDRESS: \"localhost\" is no address"},
        UsageCase{"NoFleet", {"scaler", "get", "localhost:1"}, "fleet is missing"},
        UsageCase{"NoMetadata",
                  {"scaler", "get", "localhost:1", "fleet"},
                  "\"fleet\" is no metadata (allowed: like fleet=mcp-server"},
        UsageCase{"FleetTwice",
                  {"scaler", "get", "localhost:1", "fleet=a", "fleet=b"},
                  "\"fleet\" is given twice"},
        UsageCase{"ScalerUnknownFlag",
                  {"scaler", "get", "localhost:1", "fleet=a", "--timout"},
                  "\"--timout\" is no option, did you mean --timeout? (see mcp-vitals scaler get "
                  "--help)"},
        UsageCase{"CaWithoutTls",
                  {"scaler", "get", "localhost:1", "fleet=a", "--ca-file", "/nowhere"},
                  "--ca-file: needs --tls"},
        UsageCase{"ScalerBadCa",
                  {"scaler", "get", "localhost:1", "fleet=a", "--tls", "--ca-file", "/nowhere"},
                  "--ca-file: cannot read /nowhere"},
        UsageCase{"BadLogLevel",
                  {"run", "--config", "x", "--log-level", "loud"},
                  "--log-level: \"loud\" is no level"},
        UsageCase{"BadLogFormat",
                  {"run", "--config", "x", "--log-format", "xml"},
                  "--log-format: \"xml\" is no format"}),
    [](const auto& tested) { return std::string(tested.param.name); });

class ProbeCliTest : public testing::Test {
 protected:
  std::string error_;
  std::unique_ptr<SampleServer> server_ = SampleServer::Start({}, error_);
};

TEST_F(ProbeCliTest, ExitsWithZeroWhenHealthy) {
  const Ran ran = RunTool({"probe", server_->url()}, {"LC_ALL=C.UTF-8"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, StartsWith("✔ healthy in "));
  EXPECT_THAT(ran.out, HasSubstr("mcp-vitals-sample"));
  EXPECT_EQ(ran.err, "");
}

TEST(ProbeSignalTest, EndsItsSessionWhenItIsInterrupted) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    SlowServer server;
    Program probe({PROGRAM, "probe", server.url(), "--protocol", "2025-11-25", "--timeout", "10m"});
    ASSERT_TRUE(server.WaitUntilAsked());
    probe.Signal(signal);
    EXPECT_EQ(probe.Wait(), -1) << "ended by the signal, as without its handling";
    EXPECT_TRUE(server.deleted());
    EXPECT_EQ(probe.out(), "");
  }
}

TEST_F(ProbeCliTest, SaysWhenStandardOutputCannotBeWritten) {
  for (const std::string words : {"probe http://127.0.0.1:1/", "--help", "--version"}) {
    Program program({"/bin/sh", "-c", std::string(PROGRAM) + " " + words + " > /dev/full"});
    EXPECT_EQ(program.Wait(), 2) << words;
    EXPECT_THAT(program.err(), HasSubstr("standard output")) << words;
  }
}

TEST_F(ProbeCliTest, SaysWhenNoDescriptorIsLeft) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "Asio's own clean-up of an event loop that cannot be made does not please UBSan";
#endif
  Program program(
      {"/bin/sh", "-c", "ulimit -n 5; " + std::string(PROGRAM) + " probe http://127.0.0.1:1/"});
  EXPECT_EQ(program.Wait(), 2);
  EXPECT_THAT(program.err(), HasSubstr("mcp-vitals: cannot go on: "));
}

TEST_F(ProbeCliTest, ShowsNoKeyOfTheQuery) {
  for (const char* format : {"text", "json"}) {
    const Ran ran = RunTool({"probe", "http://127.0.0.1:1/?key=sesame", "--output", format});
    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("sesame")));
  }
}

TEST_F(ProbeCliTest, ExitsWithOneWhenNot) {
  const Ran ran = RunTool({"probe", "http://127.0.0.1:1/mcp"}, {"LC_ALL=C.UTF-8"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, StartsWith("✘ not healthy: connection_refused in connect"));
}

TEST_F(ProbeCliTest, IsPlainInAPipeAndAsciiWithoutUtf8) {
  const Ran ran = RunTool({"probe", server_->url()}, {"LC_ALL=C"});
  EXPECT_THAT(ran.out, StartsWith("ok: healthy in "));
  EXPECT_THAT(ran.out, Not(HasSubstr("\x1b")));
}

TEST_F(ProbeCliTest, ColoursWhenToldTo) {
  EXPECT_THAT(RunTool({"probe", server_->url(), "--color", "always"}).out, StartsWith("\x1b["));
  EXPECT_THAT(RunTool({"probe", server_->url(), "--color", "never"}).out, Not(HasSubstr("\x1b")));
}

TEST_F(ProbeCliTest, AnswersProgramsInJson) {
  const Ran ran = RunTool({"probe",         server_->url(),
                           "--output",      "json",
                           "--protocol",    "2025-06-18",
                           "--call",        "add",
                           "--arguments",   R"({"a":1,"b":2})",
                           "--expect",      "/structuredContent/sum=3",
                           "--expect",      "contains=3",
                           "--expect-tool", "echo",
                           "--expect-tool", "add",
                           "--header",      "X-A: 1",
                           "--header",      "X-B: 2"});
  EXPECT_EQ(ran.status, 0) << ran.out;
  const auto at = [&](const char* pointer) {
    const auto value = mcp::FindJson(ran.out, pointer);
    return value && *value ? (*value)->scalar : "missing";
  };
  EXPECT_EQ(at("/target"), server_->url());
  EXPECT_EQ(at("/success"), "true");
  EXPECT_EQ(at("/protocol_version"), "2025-06-18");
  EXPECT_EQ(at("/canary_success"), "true");
  EXPECT_EQ(server_->sessions().live, 0u);
}

TEST_F(ProbeCliTest, FailsWhereExpectationsFail) {
  EXPECT_THAT(RunTool({"probe", server_->url(), "--expect-tool", "fly"}).out,
              HasSubstr("tools_missing in list_tools"));
  EXPECT_THAT(RunTool({"probe", server_->url(), "--call", "echo", "--arguments",
                       R"({"message":"a"})", "--expect", "contains=b"})
                  .out,
              HasSubstr("canary_failed in canary"));
}

TEST_F(ProbeCliTest, ComparesTheToolsWithAManifest) {
  const support::TempDir dir;
  const std::string file = dir.Write("tools.json", R"([{"name":"fly"}])");
  const Ran ran = RunTool({"probe", server_->url(), "--manifest-file", file});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, HasSubstr("schema_changed in list_tools"));
}

}  // namespace
}  // namespace mcp_vitals::app
