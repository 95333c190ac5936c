// The server's own figures and its connections, through the whole program.

#include <mutex>
#include <string>
#include <thread>

#include "tests/app/sidecar_fixture.h"
#include "tests/support/other_process.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Http(const std::string& status, const std::string& type, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string PoolInUse(const char* utilization) {
  return Http("200 OK", "application/json",
              std::string(R"({"pool_total":10,"pool_utilization":)") + utilization +
                  R"(,"active_sessions":7})");
}

class InsideTest : public SidecarFixture {
 protected:
  // What the server answers from now on.
  void Serve(std::string answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  std::string Saturation(const std::string& rest = "", const std::string& path = "/metrics") const {
    return "saturation:\n  server: files\n  url: http://" + figures_.Authority() + path +
           "\n  interval: 20ms\n  timeout: 20s\n" + rest;
  }
  bool BecomesReady(int status) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (Page("/-/ready").status != status) {
      if (std::chrono::steady_clock::now() > end) return false;
    }
    return true;
  }

  std::string Answer() const {
    const std::lock_guard lock(mutex_);
    return answer_;
  }

  mutable std::mutex mutex_;
  std::string answer_ = PoolInUse("0.5");
  support::RawServer figures_{[this](support::RawSocket& socket) {
    if (!socket.ReadRequest().empty()) socket.Send(Answer());
  }};
};

TEST_F(InsideTest, ExportsWhatTheServerSaysOfItselfForAsLongAsItSaysIt) {
  Start(Yaml("", Saturation()));
  const std::string ratio = R"(mcp_saturation_ratio{server="files",resource="pool"})";
  EXPECT_TRUE(BecomesEqual(ratio, "0.5"));
  EXPECT_EQ(Metric(R"(mcp_server_reported_sessions{server="files"})"), "7");
  EXPECT_TRUE(capture_.WaitFor("the server's own figures are read"));
  Serve(Http("200 OK", "text/plain", "nodejs_heap_size_used_bytes 12000000\n"));
  EXPECT_TRUE(BecomesEqual(R"(mcp_heap_used_bytes{server="files"})", "12000000"));
  EXPECT_EQ(Metric(ratio), "");
  Serve(Http("500 Oops", "text/plain", ""));
  EXPECT_TRUE(BecomesEqual(R"(mcp_saturation_fetch_success{server="files"})", "0"));
  EXPECT_EQ(Metric(R"(mcp_heap_used_bytes{server="files"})"), "");
  EXPECT_TRUE(capture_.WaitFor("reason=http_error"));
}

TEST_F(InsideTest, IsNotReadyWhileTheServerIsSaturated) {
  Serve(PoolInUse("0.95"));
  Start(Yaml("", Saturation("  limit: 0.9\n")));
  EXPECT_TRUE(BecomesReady(503));
  EXPECT_THAT(Page("/-/ready").body, HasSubstr("saturation under its limit"));
  Serve(PoolInUse("0.5"));
  EXPECT_TRUE(BecomesReady(200));
}

TEST_F(InsideTest, AReloadAsksElsewhereOrNoMore) {
  Start(Yaml("", Saturation()));
  const std::string success = R"(mcp_saturation_fetch_success{server="files"})";
  EXPECT_TRUE(BecomesEqual(success, "1"));
  const support::RefusedPort refused;
  dir_.Write("mcp-vitals.yml", Yaml("", "saturation: {server: files, url: 'http://127.0.0.1:" +
                                            std::to_string(refused.port()) + "'}\n"));
  EXPECT_THAT(sidecar_->Reload(), testing::IsEmpty());
  EXPECT_TRUE(BecomesEqual(success, "0"));
  dir_.Write("mcp-vitals.yml", Yaml(Targets()));
  EXPECT_THAT(sidecar_->Reload(), testing::IsEmpty());
  EXPECT_THAT(Page("/metrics").body, Not(HasSubstr("mcp_saturation")));
}

TEST_F(InsideTest, TakesTheServersOwnCountOfStreams) {
  Serve(Http("200 OK", "text/plain",
             "streams{kind=\"sse\"} 40\nstreams{kind=\"get\"} 2\nstreams{kind=\"post\"} 9\n"));
  Start(Yaml("", Saturation() + "connections: {from: app, metric: 'streams{kind=\"sse\"}'}\n"));
  EXPECT_TRUE(BecomesEqual(R"(mcp_active_sse_connections{server="files",kind="app"})", "40"));
}

TEST_F(InsideTest, CountsSocketsOfOthersAlone) {
  support::RawServer server([](support::RawSocket& socket) { socket.WaitForClose(); });
  Start(Yaml("", "connections: {from: sockets, server: files, port: " +
                     std::to_string(server.port()) + "}\n"));
  const std::string connections = R"(mcp_connections_active{server="files"})";
  EXPECT_EQ(Metric(connections), "0");
  const support::OtherProcess client("127.0.0.1", server.port());
  EXPECT_TRUE(BecomesEqual(connections, "1"));
}

TEST_F(InsideTest, APortWhereNobodyListensHasNoCount) {
  const support::RefusedPort refused;
  Start(Yaml("", "connections: {from: sockets, port: " + std::to_string(refused.port()) + "}\n"));
  EXPECT_THAT(Page("/metrics").body, Not(HasSubstr("mcp_connections_active")));
  EXPECT_TRUE(capture_.WaitFor("nobody listens on this port"));
}

TEST_F(InsideTest, FindsWhoComesPastTheProxy) {
  support::RawServer server([](support::RawSocket& socket) { socket.WaitForClose(); });
  const std::string url = "http://" + server.Authority();
  // A probe goes to the server by itself, and hangs there.
  Start(Yaml("  targets: [{name: a, url: '" + url + "/mcp'}]\n",
             "proxy: {server: files, listen: '127.0.0.1:0', upstream: '" + url + "'}\n"));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (server.open() == 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  const std::string bypass = R"(mcp_bypass_connections{server="files"})";
  EXPECT_EQ(Metric(bypass), "0");
  const support::OtherProcess client("127.0.0.1", server.port());
  EXPECT_TRUE(BecomesEqual(bypass, "1"));
}

}  // namespace
}  // namespace mcp_vitals::app
