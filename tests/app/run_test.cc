#include <gmock/gmock.h>
#include <signal.h>

#include <optional>

#include "tests/app/http.h"
#include "tests/app/open_stream.h"
#include "tests/app/program.h"
#include "tests/app/slow_server.h"
#include "tests/support/certificates.h"
#include "tests/support/raw_server.h"

// `run` and `demo` as processes.
namespace mcp_vitals::app {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// A port that is free now.
std::string FreePort() { return std::to_string(support::RefusedPort().port()); }

class RunTest : public testing::Test {
 protected:
  std::string Yaml(const std::string& target, const std::string& port = "0") const {
    return "http: {listen: '127.0.0.1:" + port + "'}\nadmin: {listen: 'unix:" + dir_.path() +
           "/admin.sock'}\nprobe: {targets: [{name: " + target +
           ", url: 'http://127.0.0.1:1/'}]}\n";
  }
  std::vector<std::string> Command(const std::string& file) const {
    return {PROGRAM, "run", "--config", file};
  }
  const support::TempDir dir_;
};

TEST_F(RunTest, ReloadsOnSighupAndStopsOnSigterm) {
  const std::string file = dir_.Write("f.yml", Yaml("a"));
  Program program(Command(file));
  ASSERT_TRUE(program.WaitFor("msg=started version=0."));
  ASSERT_TRUE(program.WaitFor("target=a"));
  program.Signal(SIGHUP);
  ASSERT_TRUE(program.WaitFor("configuration reloaded"));
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait(), 0);
  EXPECT_THAT(program.err(), HasSubstr("msg=stopped"));
  EXPECT_EQ(program.out(), "");
}

// As from a reloader or a closing terminal: the sessions are still ended.
TEST_F(RunTest, SighupWhileStoppingChangesNothing) {
  SlowServer slow;
  Program program(
      Command(dir_.Write("f.yml",
                         "http: {listen: '127.0.0.1:0'}\nadmin: {listen: '127.0.0.1:0'}\nprobe:\n"
                         "  timeout: 10m\n  targets: [{name: a, protocol: 2025-11-25, url: '" +
                             slow.url() + "'}]\n")));
  ASSERT_TRUE(slow.WaitUntilAsked());
  program.Signal(SIGTERM);
  ASSERT_TRUE(program.WaitFor("stopping"));
  program.Signal(SIGHUP);
  EXPECT_EQ(program.Wait(), 0);
  EXPECT_TRUE(slow.deleted());
}

// A program whose drain cuts the one exchange that is under way.
class CutTest : public RunTest {
 protected:
  CutTest() {
    EXPECT_TRUE(program_.WaitFor("msg=started"));
    client_.emplace(static_cast<std::uint16_t>(std::stoi(port_)),
                    "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(client_->Reads("begun"));
  }
  void Terminate() {
    program_.Signal(SIGTERM);
    EXPECT_TRUE(program_.WaitFor("waiting for one more scrape"));
  }
  std::string Admin() const { return dir_.path() + "/admin.sock"; }
  std::string Metrics() const {
    return Get(static_cast<std::uint16_t>(std::stoi(pages_)), "/metrics").body;
  }

  support::RawServer server_{[](support::RawSocket& socket) {
    socket.ReadRequest();
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun");
    socket.WaitForClose();
  }};
  const std::string pages_ = FreePort();
  const std::string port_ = FreePort();
  Program program_{Command(dir_.Write(
      "f.yml", "http: {listen: '127.0.0.1:" + pages_ + "'}\nadmin: {listen: 'unix:" + Admin() +
                   "'}\nproxy: {server: a, listen: '127.0.0.1:" + port_ + "', upstream: 'http://" +
                   server_.Authority() + "', drain: {lame_duck: 1ms, timeout: 300ms}}\n"))};
  std::optional<OpenStream> client_;
};

TEST_F(CutTest, IsToldToOneMoreScrape) {
  Terminate();
  EXPECT_THAT(Metrics(), HasSubstr("mcp_drain_cut_total{server=\"a\"} 1\n"));
  EXPECT_EQ(program_.Wait(), 0);
  EXPECT_THAT(program_.err(), HasSubstr("the drain has cut what was still under way at its end\" "
                                        "exchanges=1"));
}

TEST_F(CutTest, IsToldToNobodyWhereASecondSignalSaysSo) {
  Terminate();
  program_.Signal(SIGTERM);
  EXPECT_EQ(program_.Wait(), 0);
  EXPECT_THAT(program_.err(), HasSubstr("msg=stopped"));
}

TEST_F(CutTest, IsToldToNobodyWhereNobodyAsks) {
  Terminate();
  EXPECT_EQ(program_.Wait(), 0);
}

// As the kubelet does it: the preStop hook drains, and SIGTERM comes later.
TEST_F(CutTest, IsNotWaitedForWhereItWasTold) {
  Program hook({PROGRAM, "drain", "--admin", "unix:" + Admin()});
  EXPECT_EQ(hook.Wait(), 1);
  EXPECT_THAT(Metrics(), HasSubstr("mcp_drain_cut_total{server=\"a\"} 1\n"));
  program_.Signal(SIGTERM);
  EXPECT_EQ(program_.Wait(), 0);
  EXPECT_THAT(program_.err(), Not(HasSubstr("waiting for one more scrape")));
}

TEST_F(RunTest, StopsOnSigint) {
  Program program(Command(dir_.Write("f.yml", Yaml("a"))));
  ASSERT_TRUE(program.WaitFor("msg=started"));
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait(), 0);
}

TEST_F(RunTest, LogsJsonAndDebugWhenAsked) {
  auto command = Command(dir_.Write("f.yml", Yaml("a")));
  command.insert(command.end(), {"--log-format", "json", "--log-level", "debug"});
  Program program(command);
  EXPECT_TRUE(program.WaitFor("\"level\":\"debug\",\"msg\":\"probed\",\"target\":\"a\""));
}

TEST_F(RunTest, APortInUseEndsItWithTwoAndTheKey) {
  support::RawServer taken([](support::RawSocket&) {});
  Program program(Command(dir_.Write("f.yml", Yaml("a", std::to_string(taken.port())))));
  EXPECT_EQ(program.Wait(), 2);
  EXPECT_THAT(program.err(), HasSubstr("f.yml: http.listen: "));
  EXPECT_THAT(program.err(), Not(HasSubstr("started")));
}

TEST_F(RunTest, CheckConfigOnlyChecks) {
  auto command = Command(dir_.Write("f.yml", Yaml("a")));
  command.push_back("--check-config");
  Program good(command);
  EXPECT_EQ(good.Wait(), 0);
  EXPECT_THAT(good.out(), HasSubstr("f.yml is good: 1 targets, 0 modules"));

  dir_.Write("f.yml", "probe: {intervall: 1s}\n");
  Program bad(command);
  EXPECT_EQ(bad.Wait(), 2);
  EXPECT_THAT(bad.err(),
              HasSubstr("f.yml:1: probe.intervall: unknown key, did you mean interval?"));
}

TEST_F(RunTest, AnswersAScrapeOnceItListens) {
  const std::string port = FreePort();
  const auto began = std::chrono::steady_clock::now();
  Program program(Command(dir_.Write("f.yml", Yaml("a", port))));
  HttpAnswer answer;
  while (answer.status == 0 &&
         std::chrono::steady_clock::now() - began < std::chrono::seconds(30)) {
    answer = Get(static_cast<std::uint16_t>(std::stoi(port)), "/metrics");
  }
  EXPECT_EQ(answer.status, 200);  // how soon, tests/bench measures
}

TEST(DemoTest, ShowsAProbeAndWhereItsMetricsAreWithinOneScreen) {
  Program demo({PROGRAM, "demo", "--once"}, {"LC_ALL=C.UTF-8"});
  EXPECT_EQ(demo.Wait(), 0);
  EXPECT_THAT(demo.out(), HasSubstr("✔ healthy in "));
  EXPECT_THAT(demo.out(), HasSubstr("mcp-vitals-sample"));
  EXPECT_THAT(demo.out(), HasSubstr("/metrics"));
  EXPECT_THAT(demo.out(), HasSubstr("Streams  7 live: 5 get, 2 listen\n"));
  EXPECT_THAT(demo.out(), HasSubstr("Sessions 5 alive\n"));
  EXPECT_THAT(demo.out(), ContainsRegex("Calls    [0-9]+ of tools until now: [0-9]+ good, [1-9]"));
  EXPECT_LE(std::count(demo.out().begin(), demo.out().end(), '\n'), 24);
  EXPECT_EQ(demo.err(), "");
}

TEST(DemoTest, GoesOnUntilItIsInterrupted) {
  Program demo({PROGRAM, "demo"});
  ASSERT_TRUE(demo.WaitFor("Ctrl-C"));
  const std::string mark = "Metrics  http://localhost:";
  const std::size_t at = demo.out().find(mark) + mark.size();
  const auto port = static_cast<std::uint16_t>(std::stoi(demo.out().substr(at, 5)));
  const std::string metrics = Get(port, "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("mcp_probes_total{target=\"legacy\""));
  EXPECT_EQ(Sample(metrics, "mcp_active_sse_connections{server=\"sample\",kind=\"listen\"}"), "2");
  // The probe that it shows is no traffic.
  EXPECT_EQ(Sample(metrics,
                   "mcp_requests_total{server=\"sample\",method=\"server/discover\","
                   "status=\"200\"}"),
            "2");
  demo.Signal(SIGINT);
  EXPECT_EQ(demo.Wait(), 0);
  EXPECT_EQ(demo.err(), "");
}

// What stands before `end` after `begin`.
std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  return text.substr(from, text.find(end, from + begin.size()) - from);
}

TEST(DemoTest, TakesOtherPortsWhenItsOwnAreTaken) {
  Program first({PROGRAM, "demo"});
  ASSERT_TRUE(first.WaitFor("Ctrl-C"));
  const std::string pages = Between(first.out(), "Metrics  http://localhost:", "/metrics");
  const std::string proxy = Between(first.out(), "Proxy    http://127.0.0.1:", "/mcp");
  ASSERT_NE(pages, "");
  ASSERT_NE(proxy, "");
  Program second({PROGRAM, "demo", "--once"});
  EXPECT_EQ(second.Wait(), 0);
  EXPECT_THAT(second.out(), Not(HasSubstr(pages + "/")));
  EXPECT_THAT(second.out(), Not(HasSubstr(proxy + "/")));
  EXPECT_THAT(second.out(), HasSubstr("Streams  7 live"));
}

TEST(SampleServerProgramTest, TellsItsSessionsWhenItEnds) {
  Program server({SAMPLE_SERVER, "--era", "legacy"});
  ASSERT_TRUE(server.WaitFor("\n"));
  const std::string line = server.out();
  ASSERT_THAT(line, HasSubstr("listening on 127.0.0.1:"));
  const std::string port = line.substr(line.rfind(':') + 1, line.find('\n') - line.rfind(':') - 1);
  Program probe({PROGRAM, "probe", "http://127.0.0.1:" + port + "/mcp"});
  EXPECT_EQ(probe.Wait(), 0);
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_THAT(server.out(), HasSubstr("sessions opened=1 closed=1 live=0"));
}

}  // namespace
}  // namespace mcp_vitals::app
