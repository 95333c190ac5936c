#include "exporter/status_page.h"

#include <gmock/gmock.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace mcp_vitals::exporter {
namespace {

using std::chrono::system_clock;
using testing::HasSubstr;
using testing::Not;
using vitals::Limit;
using vitals::Outcome;
using vitals::ProbeResult;
using vitals::ServerVitals;
using vitals::StreamKind;

constexpr char kUrl[] = "http://127.0.0.1:3000/metrics?key=hunter2";

ProbeResult Healthy(const std::string& target) {
  ProbeResult result;
  result.target = target;
  result.url = "https://mcp.example/mcp";
  result.success = true;
  result.started = system_clock::now();
  return result;
}

ProbeResult Failed(const std::string& target, vitals::Reason reason, vitals::Phase phase) {
  ProbeResult result = Healthy(target);
  result.success = false;
  result.reason = reason;
  result.phase = phase;
  return result;
}

class StatusPageTest : public testing::Test {
 protected:
  std::string Page() {
    return StatusPage({probes_, saturation_, self_, "files", behind_, scaler_})({}).body;
  }
  void Probed(const ProbeResult& result) {
    probes_.SetTargets({{result.target, ""}});
    probes_.Record(result);
  }
  // With a proxy, which has seen this.
  void Behind(const ServerVitals& server) {
    behind_ = [seen = std::make_shared<const ServerVitals>(server)] { return seen; };
  }
  ServerVitals WithCanary(bool good) const {
    ServerVitals server;
    server.own_canaries[vitals::ProbeTag("a")] = {system_clock::now() + std::chrono::hours(1), 0.1,
                                                  good};
    return server;
  }

  vitals::ProbeVitals probes_;
  vitals::SaturationVitals saturation_;
  SelfVitals self_;
  std::function<std::shared_ptr<const ServerVitals>()> behind_;
  std::function<vitals::ScalerVitals()> scaler_;
};

TEST_F(StatusPageTest, SaysThatThereIsNoTarget) {
  EXPECT_THAT(Page(), HasSubstr("No target is configured"));
}

TEST_F(StatusPageTest, ShowsFailingTargetsFirstAndSaysHowManyAreLeftOut) {
  std::vector<vitals::ProbeVitals::Key> keys;
  for (int i = 0; i < 250; ++i) keys.push_back({"t" + std::to_string(100 + i), ""});
  probes_.SetTargets(keys);
  for (const auto& key : keys) probes_.Record(Healthy(key.target));
  probes_.Record(Failed("t349", vitals::Reason::kDnsError, vitals::Phase::kResolve));
  const std::string page = Page();
  EXPECT_LT(page.find("t349"), page.find("t100"));
  EXPECT_THAT(page, HasSubstr("and 50 more"));
}

TEST_F(StatusPageTest, WhatServersAndClientsSayIsNoMarkup) {
  ProbeResult result = Healthy("a");
  result.detail = "<script>alert(1)</script>";
  Probed(result);
  ServerVitals server;
  server.operations[{"tools/call", Outcome::kOk, "<b>add"}].Observe(0.1);
  Behind(server);
  const std::string page = Page();
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<b>add")));
}

TEST_F(StatusPageTest, ShowsTheServersLiveNumbers) {
  ServerVitals server;
  server.of(StreamKind::kGet).live = 12;
  server.sessions.live = 7;
  server.operations[{"tools/call", Outcome::kOk, "add"}].Observe(0.1);
  server.operations[{"tools/call", Outcome::kToolError, "add"}].Observe(0.1);
  Behind(server);
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("<b>12</b> get streams"));
  EXPECT_THAT(page, HasSubstr("<b>7</b> sessions"));
  EXPECT_THAT(page, HasSubstr("<td>tools/call add</td><td>2</td><td>1</td>"));
  EXPECT_THAT(page, Not(HasSubstr("class=\"wrong\""))) << "two calls are too few to say so";
}

TEST_F(StatusPageTest, SaysInWordsWhatIsWrong) {
  ServerVitals server;
  server.drain = vitals::DrainState::kDraining;
  server.cut_by_drain = 1;
  for (int i = 0; i < 30; ++i) server.operations[{"tools/call", Outcome::kCut, "add"}].Observe(1);
  server.idle_cut_seconds = 60;
  server.sessions.abandoned = 1;
  server.of(StreamKind::kSse).silent = 2;
  server.Hit(Limit::kQueueFull);
  Behind(server);
  const std::string page = Page();
  for (const char* finding :
       {"The proxy is on its way out: draining.",
        "100 % of tools/call add have failed since the start (30 of 30).",
        "Streams end again and again after about 60.00 s of silence",
        "1 session is alive without a stream, and nothing is heard: their clients are idle, or ",
        "Nothing comes on 2 live streams.",
        "Since the start: 1 requests refused: limits.max_in_flight was reached",
        "The drain has cut 1 exchange still under way at its end."}) {
    EXPECT_THAT(page, HasSubstr(std::string("<li>") + finding));
  }
}

TEST_F(StatusPageTest, WhatClientsCancelIsNoFailure) {
  ServerVitals server;
  for (int i = 0; i < 30; ++i) {
    server.operations[{"tools/call", Outcome::kCancelled, "add"}].Observe(1);
  }
  server.operations[{"tools/call", Outcome::kToolError, "add"}].Observe(1);
  Behind(server);
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("<td>tools/call add</td><td>31</td><td>1</td>"));
  EXPECT_THAT(page, Not(HasSubstr("have failed")));
}

TEST_F(StatusPageTest, SaysThatTheProxyDoesNotAnswer) {
  behind_ = [] { return nullptr; };
  EXPECT_THAT(Page(), HasSubstr("The proxy does not answer."));
}

TEST_F(StatusPageTest, NamesTheLayerAtFault) {
  Probed(Failed("a", vitals::Reason::kTimeout, vitals::Phase::kCanary));
  EXPECT_THAT(Page(), Not(HasSubstr("At fault")));
  Behind(WithCanary(true));
  EXPECT_THAT(Page(), HasSubstr("At fault: what is in front of the proxy"));
  Behind(WithCanary(false));
  EXPECT_THAT(Page(), HasSubstr("At fault: the server"));
  Behind({});
  EXPECT_THAT(Page(), HasSubstr("The canary did not come by this proxy."));
  Probed(Healthy("a"));
  EXPECT_THAT(Page(), Not(HasSubstr("did not come by")));
}

vitals::ScalerVitals Fleet(const vitals::ScalerTrigger& trigger) {
  vitals::ScalerFleet fleet;
  fleet.name = "files";
  fleet.members = {{"fresh", 9}, {"silent", 1}, {"unheard", 0}, {"refused", 0}};
  fleet.seen = 10;
  fleet.triggers.push_back(trigger);
  return {{fleet}, 0, {}};
}

TEST_F(StatusPageTest, ShowsTheScalersFleetsAndTheWayToTheirReasons) {
  EXPECT_THAT(Page(), Not(HasSubstr("/scaling")));
  scaler_ = [] { return Fleet({"load", "buffer=<5>", "", 12, 12, true, false, false}); };
  const std::string page = Page();
  EXPECT_THAT(page, HasSubstr("<a href=\"/scaling\">"));
  EXPECT_THAT(page, HasSubstr("<b>9</b> of 10 members answer"));
  EXPECT_THAT(page, HasSubstr("<b>12</b> asked for by load (buffer=&lt;5&gt;)"));
  EXPECT_THAT(page, Not(HasSubstr("<li>")));
  EXPECT_THAT(page, Not(HasSubstr("No target is configured")));
}

TEST_F(StatusPageTest, SaysWhatStandsAgainstScaling) {
  scaler_ = [] { return Fleet({"load", "", "none of <10> answers", 0, 0, false, false, false}); };
  EXPECT_THAT(Page(), HasSubstr("<li>Fleet files, load: KEDA gets an error, and nothing is scaled: "
                                "none of &lt;10&gt; answers."));
  EXPECT_THAT(Page(), HasSubstr("<b>–</b> asked for by load"));
  scaler_ = [] { return Fleet({"load", "", "", 1, 1, true, true, false}); };
  EXPECT_THAT(Page(), HasSubstr("a few hot pods"));
  scaler_ = [] { return Fleet({"load", "", "", 1, 1, true, false, true}); };
  EXPECT_THAT(Page(), HasSubstr("more pods do not help"));
}

TEST_F(StatusPageTest, ShowsWhatTheServerSaysOfItself) {
  EXPECT_THAT(Page(), Not(HasSubstr("Saturation")));
  saturation_.Configure(kUrl, 0.8);
  vitals::Saturation figures;
  figures.pool_total = 10;
  figures.pool_idle = 1;
  figures.heap_used = 48e6;
  figures.heap_limit = 64e6;
  figures.resident = 120e6;
  figures.active_sessions = 7;
  saturation_.Record(kUrl, figures);
  EXPECT_THAT(Page(), HasSubstr("<b>90 %</b> of the pool</span><span><b>75 %</b> of the heap</span>"
                                "<span><b>120 MB</b> resident</span><span><b>7</b> sessions"));
  EXPECT_THAT(Page(), Not(HasSubstr("<li>"))) << "one peak is a moment's";
  saturation_.Record(kUrl, figures);
  EXPECT_THAT(Page(), HasSubstr("<li>The server says that more than 80 % of its pool or heap"));
  saturation_.Record(kUrl, vitals::FetchFailure{});
  EXPECT_THAT(Page(), HasSubstr("<li>The server's own figures cannot be had"));
  EXPECT_THAT(Page(), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace mcp_vitals::exporter
