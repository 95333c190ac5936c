// What a sidecar knows of its server as the member of a fleet, and what it does not.

#include "app/member.h"

#include <future>

#include "app/proxy_runner.h"
#include "tests/app/vitals_fixture.h"
#include "tests/support/other_process.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MemberTest : public VitalsPageTest {};

TEST_F(MemberTest, AgesOfCallsGrowUntilTheyEnd) {
  Start(Yaml("", Proxy()));
  {
    const Clients clients(proxy_port());
    const double before = Vitals().tools.at("wait").in_flight.sum();
    EXPECT_TRUE(Becomes(port_, [&](const Snapshot& snapshot) {
      return snapshot.tools.at("wait").in_flight.sum() > before + 0.5;
    }));
  }
  EXPECT_TRUE(Becomes(port_, [](const Snapshot& snapshot) {
    return snapshot.in_flight == 0 && snapshot.tools.at("wait").in_flight.count() == 0 &&
           snapshot.tools.at("wait").done.count() == 1;
  })) << "it was cancelled";
}

TEST_F(MemberTest, OurOwnProbesAreInNoCount) {
  Start(Yaml("", Proxy()));
  const std::string token = "Mcp-Vitals-Probe: " + sidecar_->probe_token() + "\r\n";
  Ask(proxy_port(),
      PostText(Call("1", "add", R"({"a":1,"b":2})"), "Connection: close\r\n" + token));
  OpenStream waiting(proxy_port(), PostText(Call("6", "wait", R"({"seconds":60})"), token));
  EXPECT_TRUE(waiting.Reads("HTTP/1.1"));
  EXPECT_NE(Metric("mcp_own_requests_total{server=\"files\"}"), "0");
  const Snapshot snapshot = Vitals();
  EXPECT_THAT(snapshot.tools, IsEmpty());
  EXPECT_EQ(snapshot.in_flight, 0u);
  EXPECT_THAT(snapshot.streams, ElementsAre(0, 0, 0, 0));
}

TEST_F(MemberTest, StartsUntilTheServerInItsPodHasAnswered) {
  support::RawServer silent([](support::RawSocket& socket) { socket.WaitForClose(); });
  Start(Yaml("  targets: [{name: a, url: 'http://" + silent.Authority() + "/mcp'}]\n", Proxy()));
  EXPECT_EQ(Vitals().state, MemberState::kStarting);
  dir_.Write("mcp-vitals.yml", Yaml(Targets("b"), Proxy()));
  EXPECT_TRUE(Becomes(
      port_, [](const Snapshot& snapshot) { return snapshot.state == MemberState::kServing; }));
  dir_.Write(
      "mcp-vitals.yml",
      Yaml("  targets: [{name: c, url: 'http://" + silent.Authority() + "/mcp'}]\n", Proxy()));
  EXPECT_THAT(sidecar_->Reload(), IsEmpty());
  EXPECT_EQ(Vitals().state, MemberState::kServing) << "it has started, whoever is probed now";
}

TEST_F(MemberTest, ServesAtOnceWhereNobodyInThePodIsProbed) {
  Start(Yaml("  targets: [{name: a, url: 'http://192.0.2.1/mcp', timeout: 1ms}]\n", Proxy()));
  EXPECT_EQ(Vitals().state, MemberState::kServing);
}

TEST_F(MemberTest, DrainsOnceADrainHasBegun) {
  Start(Yaml("", Proxy(", drain: {lame_duck: 20s, timeout: 25s}")));
  const OpenStream client(proxy_port(), "");
  sidecar_->Drain();
  EXPECT_TRUE(Becomes(
      port_, [](const Snapshot& snapshot) { return snapshot.state == MemberState::kDraining; }));
}

TEST_F(MemberTest, WithoutAProxyThereIsNothingToTell) {
  Start(Yaml(Targets()));
  const HttpAnswer answer = Page("/vitals");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("there is no proxy"));
}

TEST(MemberOfAHungProxyTest, IsNotKnown) {
  const LogCapture capture;
  ProxyConfig config;
  config.settings.listen = "127.0.0.1:0";
  std::string error;
  const auto proxy = ProxyRunner::Start(config, "", capture.log(), error);
  ASSERT_NE(proxy, nullptr) << error;
  const vitals::ProbeVitals probes;
  const exporter::SelfVitals self;
  const vitals::SaturationVitals saturation;
  probe::Prober prober;
  Loop loop;
  const std::atomic<bool> stopping{false};
  std::atomic<bool> scraped{false};
  Member member({probes,
                 self,
                 prober,
                 loop,
                 loop,
                 saturation,
                 proxy.get(),
                 nullptr,
                 stopping,
                 scraped,
                 [] { return std::make_shared<const Config>(); },
                 {},
                 {}});
  std::promise<void> go_on;
  proxy->loop().Post([held = go_on.get_future().share()] { held.wait(); });
  const auto hung = member.Look();
  ASSERT_TRUE(std::holds_alternative<Member::Unknown>(hung));
  EXPECT_EQ(std::get<Member::Unknown>(hung).status, 503);
  EXPECT_EQ(std::get<Member::Unknown>(hung).why, "the proxy does not answer");
  go_on.set_value();
  EXPECT_TRUE(std::holds_alternative<Snapshot>(member.Look()));
}

// Where others than the proxy count the streams.
class CountedElsewhereTest : public VitalsPageTest {
 protected:
  std::string FromApp() const {
    return "saturation: {server: files, url: 'http://" + figures_.Authority() +
           "/metrics', interval: 20ms}\nconnections: {from: app, metric: streams}\n";
  }
  bool IsCounted() const {
    return BecomesEqual(R"(mcp_active_sse_connections{server="files",kind="app"})", "40");
  }

  const std::string body_ = "streams 40\n";
  support::RawServer figures_{[this](support::RawSocket& socket) {
    if (socket.ReadRequest().empty()) return;
    socket.Send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
                std::to_string(body_.size()) + "\r\n\r\n" + body_);
  }};
};

TEST_F(CountedElsewhereTest, TheServersOwnCountIsOfNoKind) {
  Start(Yaml("", FromApp()));
  EXPECT_TRUE(IsCounted());
  const Snapshot snapshot = Vitals();
  EXPECT_THAT(snapshot.streams, ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(snapshot.unsorted_streams, 40u);
  EXPECT_FALSE(snapshot.sees_operations);
  EXPECT_EQ(snapshot.identity.server, "files");
  EXPECT_EQ(snapshot.state, MemberState::kServing);
}

TEST_F(CountedElsewhereTest, BesideAProxyItStandsForTheProxys) {
  Start(Yaml("", Proxy() + FromApp()));
  EXPECT_TRUE(IsCounted());
  const Clients clients(proxy_port());
  const Snapshot snapshot = Vitals();
  EXPECT_THAT(snapshot.streams, ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(snapshot.unsorted_streams, 40u);
  EXPECT_EQ(snapshot.sessions, 1u);
  EXPECT_TRUE(snapshot.sees_operations);
  EXPECT_EQ(snapshot.tools.at("wait").in_flight.count(), 1u);
}

TEST_F(CountedElsewhereTest, TheKernelsCountIsOfNoKindEither) {
  support::RawServer server([](support::RawSocket& socket) { socket.WaitForClose(); });
  Start(Yaml("", "connections: {from: sockets, port: " + std::to_string(server.port()) + "}\n"));
  EXPECT_EQ(Vitals().unsorted_streams, 0u);
  const support::OtherProcess client("127.0.0.1", server.port());
  EXPECT_TRUE(
      Becomes(port_, [](const Snapshot& snapshot) { return snapshot.unsorted_streams == 1; }));
}

TEST_F(CountedElsewhereTest, ACountThatIsNotKnownIsNotNothing) {
  const support::RefusedPort refused;
  Start(Yaml("", "connections: {from: sockets, port: " + std::to_string(refused.port()) + "}\n"));
  const HttpAnswer answer = Page("/vitals");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("connections.from"));
}

}  // namespace
}  // namespace mcp_vitals::app
