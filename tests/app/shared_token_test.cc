// A probe that comes from elsewhere, as the proxy counts it.

#include "app/probe_once.h"
#include "tests/app/sidecar_fixture.h"

namespace mcp_vitals::app {
namespace {

constexpr char kToken[] = "correct-horse-battery";

class SharedTokenTest : public SidecarFixture {
 protected:
  void StartProxy(const std::string& rest = "") {
    dir_.Write("token", std::string(kToken) + "\n");
    const std::string url = server_->url();
    const std::string origin = url.substr(0, url.find('/', std::string("http://").size()));
    Start(
        Yaml("", rest + "proxy: {server: a, listen: '127.0.0.1:0', upstream: '" + origin + "'}\n"));
  }
  // By another prober, which has the token.
  bool Probe() const {
    auto target = std::make_shared<probe::Target>();
    target->name = "elsewhere";
    target->url = *net::ParseUrl(sidecar_->proxy_url() + "/mcp");
    return ProbeOnce(target, nullptr, kToken).success;
  }
  // Requests and sessions of clients.
  std::string Traffic() const {
    std::string found;
    const std::string metrics = Page("/metrics").body;
    for (const char* name : {"mcp_requests_total{", "mcp_sessions_opened_total{server=\"a\"} 1"}) {
      if (metrics.find(std::string("\n") + name) != std::string::npos) found += name;
    }
    return found;
  }
};

TEST_F(SharedTokenTest, WhoHasItIsKnown) {
  StartProxy("probe_token_file: token\n");
  EXPECT_TRUE(Probe());
  EXPECT_NE(Metric("mcp_own_requests_total{server=\"a\"}"), "0");
  EXPECT_EQ(Traffic(), "");
}

TEST_F(SharedTokenTest, WithoutItAForeignProbeIsTraffic) {
  StartProxy();
  EXPECT_TRUE(Probe());
  EXPECT_EQ(Metric("mcp_own_requests_total{server=\"a\"}"), "0");
  EXPECT_NE(Traffic(), "");
}

TEST_F(SharedTokenTest, AnotherOneNeedsARestart) {
  StartProxy("probe_token_file: token\n");
  dir_.Write("token", "another-horse-battery\n");
  EXPECT_TRUE(capture_.WaitFor("key=probe_token_file"));
}

}  // namespace
}  // namespace mcp_vitals::app
