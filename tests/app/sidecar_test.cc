#include "app/sidecar.h"

#include <filesystem>
#include <fstream>
#include <future>

#include "tests/app/sidecar_fixture.h"
#include "tests/app/slow_server.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kReloadSuccessful[] = "mcp_vitals_config_last_reload_successful";
constexpr char kReloads[] = "mcp_vitals_config_reloads_total";
constexpr char kReloadFailures[] = "mcp_vitals_config_reload_failures_total";

class SidecarTest : public SidecarFixture {};

TEST_F(SidecarTest, ServesEveryPageAtOnce) {
  Start(Yaml(Targets() + "  modules: {default: {allowed_hosts: [127.0.0.1]}}\n"));
  for (const char* page : {"/", "/metrics", "/config", "/-/healthy", "/-/startup"}) {
    EXPECT_EQ(Page(page).status, 200) << page;
  }
  EXPECT_EQ(Page("/nowhere").status, 404);
}

TEST_F(SidecarTest, TellsWhatItsProbesSaw) {
  Start(Yaml("  vantage: here\n  targets:\n    - {name: good, url: '" + server_->url() +
             "'}\n    - {name: bad, url: 'http://127.0.0.1:1/mcp'}\n"));
  EXPECT_TRUE(capture_.WaitFor("msg=\"target is healthy\" target=good"));
  EXPECT_TRUE(
      capture_.WaitFor("msg=\"target is failing\" target=bad reason=connection_refused "
                       "phase=connect"));
  EXPECT_TRUE(BecomesEqual("mcp_probe_success{target=\"good\",vantage=\"here\"}", "1"));
  EXPECT_TRUE(BecomesEqual("mcp_probe_success{target=\"bad\",vantage=\"here\"}", "0"));
}

TEST_F(SidecarTest, IsReadyOnceTheServerInItsPodHasAnswered) {
  Start(Yaml(Targets()));
  EXPECT_TRUE(BecomesEqual("mcp_probe_success{target=\"a\"}", "1"));
  EXPECT_EQ(Page("/-/ready").status, 200);
}

TEST_F(SidecarTest, IsNotReadyWhileTheServerInItsPodFails) {
  Start(Yaml("  targets: [{name: a, url: 'http://localhost:1/mcp'}]\n"));
  EXPECT_EQ(Page("/-/ready").status, 503);
}

TEST_F(SidecarTest, IsReadyWhateverServersElsewhereDo) {
  Start(Yaml("  targets: [{name: a, url: 'http://192.0.2.1/mcp', timeout: 1ms}]\n"));
  EXPECT_TRUE(capture_.WaitFor("target is failing"));
  EXPECT_EQ(Page("/-/ready").status, 200);
}

TEST_F(SidecarTest, ProbesForPrometheusWhatTheModuleAllows) {
  Start(
      Yaml("  modules:\n    default: {allowed_hosts: [127.0.0.1]}\n"
           "    strict: {allowed_hosts: [127.0.0.1], expect: {tools: [fly]}}\n"));
  const std::string query = "/probe?target=" + server_->url();
  EXPECT_EQ(Sample(Page(query).body, "probe_success"), "1");
  EXPECT_EQ(Sample(Page(query + "&module=strict").body, "probe_success"), "0");
  EXPECT_EQ(Page(query + "&module=none").status, 400);
  EXPECT_EQ(Page("/probe?target=http://mcp.example.com/mcp").status, 400);
  EXPECT_EQ(Page("/probe?target=nonsense").status, 400);
  EXPECT_EQ(Page("/probe").status, 400);
}

TEST_F(SidecarTest, AModuleProbesWithItsTimeout) {
  support::RawServer silent([](support::RawSocket& socket) { socket.WaitForClose(); });
  Start(Yaml("  modules: {default: {allowed_hosts: [127.0.0.1], timeout: 50ms}}\n"));
  const auto answer = Page("/probe?target=http://" + silent.Authority() + "/mcp");
  EXPECT_EQ(Sample(answer.body, "probe_success"), "0");
  EXPECT_THAT(answer.body, HasSubstr("reason=\"timeout\""));
}

// Prometheus waits for no server that is slow to end its sessions.
TEST_F(SidecarTest, AnswersAProbeWithoutWaitingForTheCleanUp) {
  support::RawServer server([](support::RawSocket& socket) {
    while (true) {
      const std::string request = socket.ReadRequest();
      if (request.empty() || request.starts_with("DELETE")) break;
      socket.Send("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nMcp-Session-Id: session-1\r\n\r\n");
    }
    socket.WaitForClose();
  });
  Start(Yaml("  modules: {default: {allowed_hosts: [127.0.0.1], timeout: 50ms}}\n"));
  bool waited = true;
  // On a machine so busy that the probe's time is over before the session is there, or the
  // clean-up's as well, there is another try.
  for (int attempt = 0; attempt < 5 && waited; ++attempt) {
    const auto answer = Page("/probe?target=http://" + server.Authority() + "/mcp");
    EXPECT_EQ(Sample(answer.body, "probe_success"), "0");
    const bool is_left_open = Sample(answer.body, "mcp_probe_session_left_open") == "1";
    waited = !is_left_open || server.open() == 0;
  }
  EXPECT_FALSE(waited);
}

// A job that hangs on a loop must be seen; here the log holds its thread.
TEST_F(SidecarTest, IsUnhealthyWhenTheProbeLoopHangs) {
  capture_.HoldAt("target is healthy");
  Start(Yaml(Targets()));
  EXPECT_TRUE(capture_.WaitFor("target is healthy"));
  const auto hung = Page("/-/healthy");
  EXPECT_EQ(hung.status, 503);
  EXPECT_THAT(hung.body, HasSubstr("probe loop"));
  EXPECT_THAT(hung.body, Not(HasSubstr("control loop")));
  EXPECT_EQ(Page("/metrics").status, 200);
  capture_.Release();
  EXPECT_TRUE(BecomesEqual("mcp_probe_success{target=\"a\"}", "1"));
  EXPECT_EQ(Page("/-/healthy").status, 200);
}

TEST_F(SidecarTest, IsUnhealthyWhenTheControlLoopHangs) {
  Start(Yaml(Targets()));
  capture_.HoldAt("configuration has changed");
  dir_.Write("mcp-vitals.yml", Yaml(Targets("b")));
  EXPECT_TRUE(capture_.WaitFor("configuration has changed"));
  const auto hung = Page("/-/healthy");
  EXPECT_EQ(hung.status, 503);
  EXPECT_THAT(hung.body, HasSubstr("control loop"));
  EXPECT_THAT(hung.body, Not(HasSubstr("probe loop")));
  capture_.Release();
  EXPECT_TRUE(capture_.WaitFor("configuration reloaded"));
  EXPECT_EQ(Page("/-/healthy").status, 200);
}

TEST_F(SidecarTest, ReloadsWhenItsFileIsWrittenInPlace) {
  Start(Yaml(Targets("a")));
  dir_.Write("mcp-vitals.yml", Yaml(Targets("b"), "labels: {team: core}\n"));
  EXPECT_TRUE(capture_.WaitFor("configuration reloaded"));
  EXPECT_TRUE(BecomesEqual("mcp_probe_success{team=\"core\",target=\"b\"}", "1"));
  EXPECT_THAT(Page("/metrics").body, Not(HasSubstr("target=\"a\"")));
  EXPECT_THAT(Page("/config").body, HasSubstr("name: b"));
}

TEST_F(SidecarTest, ReloadsWhenAFileIsRenamedOverItsOwn) {
  Start(Yaml(Targets("a")));
  const std::string next = dir_.Write("next.yml", Yaml(Targets("b")));
  std::filesystem::rename(next, File());
  EXPECT_TRUE(capture_.WaitFor("configuration reloaded"));
}

TEST_F(SidecarTest, ReloadsWhenAFileThatItNamesChanges) {
  dir_.Write("tools.json", "[]");
  Start(Yaml("  targets: [{name: a, url: '" + server_->url() +
             "', expect: {manifest_file: tools.json}}]\n"));
  dir_.Write("tools.json", R"([{"name":"fly"}])");
  EXPECT_TRUE(capture_.WaitFor("configuration reloaded"));
}

TEST_F(SidecarTest, ABadFileLeavesTheOldOneRunning) {
  Start(Yaml(Targets("a")));
  dir_.Write("mcp-vitals.yml", Yaml("  targets: [{name: b}]\n"));
  EXPECT_TRUE(capture_.WaitFor("msg=\"configuration not reloaded, the old one goes on\" detail="));
  EXPECT_TRUE(BecomesEqual(kReloadSuccessful, "0"));
  EXPECT_EQ(Metric(kReloadFailures), "1");
  EXPECT_THAT(Page("/config").body, HasSubstr("name: a"));
  EXPECT_TRUE(BecomesEqual("mcp_probe_success{target=\"a\"}", "1"));

  dir_.Write("mcp-vitals.yml", Yaml(Targets("c")));
  EXPECT_TRUE(capture_.WaitFor("configuration reloaded"));
  EXPECT_TRUE(BecomesEqual(kReloadSuccessful, "1"));
  EXPECT_EQ(Metric(kReloads), "2");
}

TEST_F(SidecarTest, ReloadsByTheAdminListener) {
  Start(Yaml(Targets("a")));
  EXPECT_EQ(PostUnix(Socket(), "/-/reload").body, "reloaded\n");
  EXPECT_EQ(Metric(kReloads), "1");
  std::filesystem::remove(File());
  const auto failed = PostUnix(Socket(), "/-/reload");
  EXPECT_EQ(failed.status, 500);
  EXPECT_THAT(failed.body, HasSubstr("cannot read " + File()));
}

TEST_F(SidecarTest, OffersNoReloadToTheNetwork) {
  Start(Yaml(Targets()));
  EXPECT_EQ(Page("/-/reload").status, 404);
}

TEST_F(SidecarTest, KeepsATargetsCountersOverAReload) {
  Start(Yaml(Targets("a")));
  EXPECT_TRUE(BecomesEqual("mcp_probes_total{target=\"a\"}", "1"));
  sidecar_->Reload();
  EXPECT_EQ(Metric("mcp_probes_total{target=\"a\"}"), "1");
}

TEST_F(SidecarTest, SaysWhichKeysNeedARestart) {
  Start(Yaml(Targets("a")));
  dir_.Write(
      "mcp-vitals.yml",
      "http: {listen: '127.0.0.1:1'}\nadmin: {listen: 'unix:/elsewhere'}\nprobe:\n" + Targets("b"));
  EXPECT_TRUE(capture_.WaitFor("configuration reloaded"));
  EXPECT_THAT(capture_.text(), HasSubstr("needs a restart; all others are applied\" "
                                         "key=http.listen"));
  EXPECT_THAT(capture_.text(), HasSubstr("key=admin.listen"));
  EXPECT_TRUE(BecomesEqual("mcp_probe_success{target=\"b\"}", "1"));
}

TEST_F(SidecarTest, ShowsWhatWaitsForARestartUntilItIsTakenBack) {
  const auto yaml = [this](const std::string& port, const std::string& silent) {
    return "http: {listen: '127.0.0.1:" + port + "'}\nadmin: {listen: 'unix:" + Socket() +
           "'}\nproxy: {server: a, listen: '127.0.0.1:0', upstream: 'http://127.0.0.1:1', "
           "findings: {silent: " +
           silent + "}}\n";
  };
  Start(yaml("0", "1m"));
  EXPECT_THAT(Page("/config").body, testing::StartsWith("http:\n"));
  dir_.Write("mcp-vitals.yml", yaml("1", "2m"));
  const std::string waits = "# waits for a restart: http.listen, proxy\nhttp:\n";
  for (int again = 0; again < 2; ++again) {
    EXPECT_THAT(sidecar_->Reload(), testing::IsEmpty());
    EXPECT_THAT(Page("/config").body, testing::StartsWith(waits)) << "not what was read before";
  }
  EXPECT_EQ(Metric(kReloadSuccessful), "1");
  dir_.Write("mcp-vitals.yml", yaml("0", "1m"));
  EXPECT_THAT(sidecar_->Reload(), testing::IsEmpty());
  EXPECT_THAT(Page("/config").body, testing::StartsWith("http:\n"));
}

TEST_F(SidecarTest, ReadsTheWebConfigurationAgainWhenItChanges) {
  dir_.Write("web.yml", "");
  Start(
      "http: {listen: '127.0.0.1:0', web_config_file: web.yml}\nadmin: {listen: '127.0.0.1:0'}\n"
      "probe:\n" +
      Targets());
  EXPECT_EQ(Page("/metrics").status, 200);
  dir_.Write("web.yml",
             "basic_auth_users:\n"
             "  alice: $2y$04$......................MeOwlsFXnCpqBDLOYN7UsSJUdiTbnBS\n");
  EXPECT_TRUE(capture_.WaitFor("configuration reloaded"));
  EXPECT_EQ(Page("/metrics").status, 401);
  EXPECT_EQ(Page("/-/startup").status, 200);
}

TEST_F(SidecarTest, TurningTlsOnNeedsARestartAndKeepsNothingElseBack) {
  const support::Identity identity = support::SelfSigned({});
  dir_.Write("tls.crt", identity.ChainPem());
  dir_.Write("tls.key", identity.KeyPem());
  dir_.Write("web.yml", "");
  Start(
      "http: {listen: '127.0.0.1:0', web_config_file: web.yml}\nadmin: {listen: '127.0.0.1:0'}\n"
      "probe:\n" +
      Targets());
  dir_.Write("web.yml",
             "tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n"
             "basic_auth_users:\n"
             "  alice: $2y$04$......................MeOwlsFXnCpqBDLOYN7UsSJUdiTbnBS\n");
  EXPECT_TRUE(capture_.WaitFor("configuration reloaded"));
  EXPECT_THAT(capture_.text(), HasSubstr("needs a restart"));
  EXPECT_THAT(capture_.text(), HasSubstr("tls_server_config"));
  EXPECT_EQ(Page("/metrics").status, 401) << "the users hold already";
}

TEST_F(SidecarTest, APortInUseIsAnErrorOfItsKey) {
  Start(Yaml(Targets()));
  const LoadedConfig loaded = ParseConfig(
      "http: {listen: '127.0.0.1:" + std::to_string(port_) + "'}\nprobe:\n" + Targets(), "f.yml");
  std::string error;
  EXPECT_EQ(Sidecar::Start(loaded.config, capture_.log(), error), nullptr);
  EXPECT_THAT(error, HasSubstr("f.yml: http.listen: "));
  EXPECT_THAT(error, HasSubstr("127.0.0.1:" + std::to_string(port_)));
}

TEST_F(SidecarTest, AnAdminListenerThatWasAskedForAndCannotBeHadIsAnError) {
  Start(Yaml(Targets()));
  const LoadedConfig loaded =
      ParseConfig("http: {listen: '127.0.0.1:0'}\nadmin: {listen: 'unix:" + Socket() +
                      "'}\nprobe:\n" + Targets(),
                  "f.yml");
  std::string error;
  EXPECT_EQ(Sidecar::Start(loaded.config, capture_.log(), error), nullptr);
  EXPECT_THAT(error, HasSubstr("f.yml: admin.listen: "));
  // The one that lives is not disturbed.
  EXPECT_EQ(PostUnix(Socket(), "/-/reload").status, 200);
}

// The server opens a session and then says nothing more. Stopping must wait for the probe to give
// up, and for the session to be deleted.
// Long before the probe's own time is over, and without a word about the server.
TEST_F(SidecarTest, StoppingEndsTheSessionOfAProbeUnderWay) {
  SlowServer slow;
  Start(Yaml("  timeout: 10m\n  targets: [{name: a, protocol: 2025-11-25, url: '" + slow.url() +
             "'}]\n"));
  ASSERT_TRUE(slow.WaitUntilAsked());
  EXPECT_FALSE(slow.deleted());
  sidecar_.reset();
  EXPECT_TRUE(slow.deleted());
  EXPECT_THAT(capture_.text(), Not(HasSubstr("target is failing")));
}

// Wherever the probe waits: for a TLS handshake, for a stream's endpoint, for a health endpoint.
TEST_F(SidecarTest, StoppingWaitsForNobody) {
  support::RawServer silent([](support::RawSocket& socket) { socket.WaitForClose(); });
  support::RawServer stream([](support::RawSocket& socket) {
    if (!socket.ReadRequest().starts_with("GET")) return;
    socket.Send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: wait\n\n");
    socket.WaitForClose();
  });
  Start(Yaml("  timeout: 10m\n  targets:\n    - {name: tls, url: 'https://" + silent.Authority() +
             "'}\n    - {name: stream, protocol: 2024-11-05, url: 'http://" + stream.Authority() +
             "'}\n    - {name: health, url: '" + server_->url() + "', health_url: 'http://" +
             silent.Authority() + "/'}\n"));
  while (silent.connections() < 2 || stream.connections() < 1) std::this_thread::yield();
  sidecar_.reset();  // or the test's own time runs out
  EXPECT_THAT(capture_.text(), Not(HasSubstr("target is failing")));
}

// What was found at the URL before is neither the target's result nor a change of its tools.
TEST_F(SidecarTest, AnotherUrlIsAnotherTarget) {
  Start(Yaml(Targets("a")));
  ASSERT_TRUE(BecomesEqual("mcp_probe_success{target=\"a\"}", "1"));
  support::RefusedPort refused;
  dir_.Write("mcp-vitals.yml", Yaml("  targets: [{name: a, url: 'http://127.0.0.1:" +
                                    std::to_string(refused.port()) + "/'}]\n"));
  ASSERT_TRUE(capture_.WaitFor("configuration reloaded"));
  EXPECT_TRUE(BecomesEqual("mcp_probe_success{target=\"a\"}", "0")) << "at once, not next time";
  EXPECT_EQ(Metric("mcp_probe_schema_changes_total{target=\"a\",severity=\"unclassified\"}"), "0");
  EXPECT_EQ(Metric("mcp_probe_last_success_timestamp_seconds{target=\"a\"}"), "");
}

TEST_F(SidecarTest, StoppingEndsAProbeForPrometheusWithoutAVerdict) {
  SlowServer slow;
  Start(
      Yaml("  modules: {default: {allowed_hosts: [127.0.0.1], timeout: 10m, "
           "protocol: 2025-11-25}}\n"));
  auto answer = std::async(std::launch::async, [&] { return Page("/probe?target=" + slow.url()); });
  ASSERT_TRUE(slow.WaitUntilAsked());
  sidecar_.reset();
  EXPECT_TRUE(slow.deleted());
  EXPECT_THAT(answer.get().body, Not(HasSubstr("probe_success")));
}

TEST_F(SidecarTest, AModuleFollowsNoRedirectToAHostThatItDoesNotAllow) {
  support::RawServer elsewhere([](support::RawSocket& socket) { socket.ReadRequest(); });
  const std::string there =
      "http://localhost" + elsewhere.Authority().substr(elsewhere.Authority().rfind(':')) + "/";
  support::RawServer server([&](support::RawSocket& socket) {
    socket.ReadRequest();
    socket.Send("HTTP/1.1 307 Moved\r\nContent-Length: 0\r\nLocation: " + there + "\r\n\r\n");
  });
  Start(Yaml("  modules: {default: {allowed_hosts: [127.0.0.1], follow_redirects: true}}\n"));
  const auto answer = Page("/probe?target=http://" + server.Authority() + "/mcp");
  EXPECT_THAT(answer.body, HasSubstr("reason=\"redirect_error\""));
  EXPECT_EQ(elsewhere.connections(), 0);
}

}  // namespace
}  // namespace mcp_vitals::app
