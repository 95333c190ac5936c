// The drain, as the pages and the command of the whole program show it. With streams and calls in
// flight it is tests/drain's.

#include <future>
#include <vector>

#include "app/proxy_runner.h"
#include "tests/app/open_stream.h"
#include "tests/app/program.h"
#include "tests/app/sidecar_fixture.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;

class DrainTest : public SidecarFixture {
 protected:
  static std::string Proxy(const std::string& times = "{lame_duck: 1ms, timeout: 20s}",
                           const std::string& upstream = "127.0.0.1:1") {
    return "proxy: {server: a, listen: '127.0.0.1:0', upstream: 'http://" + upstream +
           "', drain: " + times + "}\n";
  }
  // The command, to its end.
  struct Result {
    int exit_code;
    std::string out, err;
  };
  static Result Run(const std::string& admin) {
    Program drain({PROGRAM, "drain", "--admin", admin});
    const int exit_code = drain.Wait();
    return {exit_code, drain.out(), drain.err()};
  }
  Result Drain() const { return Run("unix:" + Socket()); }
};

TEST_F(DrainTest, TheCommandWaitsForItsEnd) {
  Start(Yaml("", Proxy()));
  EXPECT_EQ(Page("/-/ready").status, 200);
  const auto result = Drain();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("drained"));
  EXPECT_TRUE(sidecar_->is_drained());
  EXPECT_THAT(Page("/-/ready").body, HasSubstr("drained"));
  EXPECT_EQ(Page("/-/ready").status, 503);
  EXPECT_EQ(Drain().exit_code, 0) << "again changes nothing";
}

TEST_F(DrainTest, WhoWaitsBeginsNothing) {
  Start(Yaml("", Proxy("{lame_duck: 1ms, timeout: 50ms}")));
  const HttpAnswer waited = Page("/drain/wait");
  EXPECT_EQ(waited.status, 503);
  EXPECT_FALSE(sidecar_->is_drained());
  sidecar_->Drain();
  EXPECT_EQ(Page("/drain/wait").status, 200);
}

// The kubelet runs all hooks at once: this one may come first, and its wait is that of the drain.
TEST_F(DrainTest, WhoComesBeforeItWaitsForItsEndHoweverLateItBegins) {
  using std::chrono::milliseconds;
  Start(Yaml("", Proxy("{lame_duck: 2000ms, timeout: 2500ms}")));
  auto waited = std::async(std::launch::async, [this] { return Page("/drain/wait"); });
  EXPECT_EQ(waited.wait_for(milliseconds(1000)), std::future_status::timeout);
  sidecar_->Drain();  // ends with its lame duck, later than the wait for a beginning would
  EXPECT_EQ(waited.get().status, 200);
}

TEST_F(DrainTest, AllContainersOfAPodMayWaitAtOnce) {
  Start(Yaml("", Proxy("{lame_duck: 500ms, timeout: 20s}")));
  std::vector<std::future<HttpAnswer>> waits;
  for (int i = 0; i < 16; ++i) {
    waits.push_back(std::async(std::launch::async, [this] { return Page("/drain/wait"); }));
  }
  sidecar_->Drain();
  for (auto& waited : waits) EXPECT_EQ(waited.get().status, 200);
}

TEST_F(DrainTest, TheCommandSaysWhatWasLost) {
  support::RawServer server([](support::RawSocket& socket) {
    socket.ReadRequest();
    socket.WaitForClose();
  });
  Start(Yaml("", Proxy("{lame_duck: 1ms, timeout: 500ms}", server.Authority())));
  const std::string url = sidecar_->proxy_url();
  const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  const std::string call =
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nap"}})";
  OpenStream client(port,
                    "POST /mcp HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    "Content-Length: " +
                        std::to_string(call.size()) + "\r\n\r\n" + call);
  EXPECT_TRUE(BecomesEqual("mcp_requests_in_flight{server=\"a\"}", "1"));
  for (int again = 0; again < 2; ++again) {
    const auto result = Drain();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.out, HasSubstr("0 streams ended properly, 1 exchanges cut\n"));
  }
  EXPECT_EQ(Metric("mcp_drain_cut_total{server=\"a\"}"), "1");
  EXPECT_THAT(PostUnix(Socket(), "/-/drain").body, HasSubstr("\"cut\":1"));
}

TEST(ProxyRunnerTest, IsNotDrainedWhileItDoesNotAnswer) {
  const LogCapture capture;
  ProxyConfig config;
  config.settings.listen = "127.0.0.1:0";
  std::string error;
  const auto runner = ProxyRunner::Start(config, "", capture.log(), error);
  ASSERT_NE(runner, nullptr) << error;
  std::promise<void> go_on;
  runner->loop().Post([held = go_on.get_future().share()] { held.wait(); });
  EXPECT_FALSE(runner->is_drained());
  go_on.set_value();
  EXPECT_FALSE(runner->is_drained()) << "it serves";
}

TEST_F(DrainTest, WithoutAProxyThereIsNothingToDrain) {
  Start(Yaml(Targets()));
  const auto result = Drain();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("there is no proxy here: nothing to drain"));
  EXPECT_EQ(Page("/drain/wait").status, 404);
  EXPECT_TRUE(sidecar_->is_drained());
}

TEST_F(DrainTest, WithoutASidecarTheCommandSaysWhereItLooked) {
  const auto result = Drain();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr(Socket()));
}

TEST_F(DrainTest, AnAddressThatIsNoneIsNamed) {
  const auto result = Run("example.com:80");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              HasSubstr("\"example.com:80\" is no admin listener (allowed: unix:/path or"));
}

}  // namespace
}  // namespace mcp_vitals::app
