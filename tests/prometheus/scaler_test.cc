// A real Prometheus scrapes pods that are played here, and the scaler reads it.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <list>
#include <thread>

#include "scaler/ask_prometheus.h"
#include "scaler/externalscaler.grpc.pb.h"
#include "scaler/latency_view.h"
#include "tests/app/program.h"
#include "tests/support/raw_server.h"
#include "tests/support/run.h"

namespace mcp_vitals::scaler {
namespace {

using app::Program;
using std::chrono::seconds;
using support::RawServer;
using support::RawSocket;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kPatience = seconds(60);
constexpr auto kPause = std::chrono::milliseconds(50);  // between two looks

// One pod's /metrics: 20 streams, 2 operations, and at each scrape ten calls more, of which one
// takes 3 s.
class Pod {
 public:
  explicit Pod(double age = 0) : age_(age), server_([this](RawSocket& socket) { Serve(socket); }) {}
  std::string address() const { return server_.Authority(); }
  std::atomic<bool> hangs{false};

 private:
  void Serve(RawSocket& socket) {
    while (!socket.ReadRequest().empty()) {
      if (hangs) {
        socket.WaitForClose();
        return;
      }
      const std::string page = Page(++scrapes_);
      socket.Send("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: " +
                  std::to_string(page.size()) + "\r\n\r\n" + page);
    }
  }
  std::string Page(int scrape) const {
    const std::string calls = std::to_string(10 * scrape);
    const std::string bucket =
        "mcp_server_operation_duration_seconds_bucket{server=\"files\","
        "mcp_method_name=\"tools/call\",gen_ai_tool_name=\"add\",le=\"";
    std::string page = Sample("mcp_active_sse_connections{server=\"files\",kind=\"get\"}", "20");
    page += Sample("mcp_active_sse_connections{server=\"files\",kind=\"sse\"}", "0");
    page += Sample("mcp_requests_in_flight{server=\"files\"}", "2");
    page += Sample(bucket + "0.5\"}", "0");
    page += Sample(bucket + "1\"}", std::to_string(9 * scrape));
    page += Sample(bucket + "2\"}", std::to_string(9 * scrape));
    page += Sample(bucket + "5\"}", calls);
    return page + Sample(bucket + "+Inf\"}", calls);
  }
  std::string Sample(const std::string& series, const std::string& value) const {
    if (age_ == 0) return series + " " + value + "\n";
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto stamp = std::chrono::duration_cast<std::chrono::milliseconds>(now).count() -
                       static_cast<std::int64_t>(age_ * 1000);
    return series + " " + value + " " + std::to_string(stamp) + "\n";
  }

  const double age_;  // of its samples, in seconds: it stamps them itself
  std::atomic<int> scrapes_{0};
  RawServer server_;
};

std::uint16_t FreePort() {
  // Below the ephemeral ones, which come and go by themselves.
  for (int port = 20'000 + getpid() % 12'000;; ++port) {
    try {
      RawServer probe([](RawSocket&) {}, {nullptr, "127.0.0.1", static_cast<std::uint16_t>(port)});
      return probe.port();
    } catch (const std::runtime_error&) {
      if (port > 32'767) throw;
    }
  }
}

// "" if it is not installed.
std::string PathOf(const std::string& program) {
  const std::string path = std::getenv("PATH") == nullptr ? "" : std::getenv("PATH");
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    const std::string file = path.substr(at, end - at) + "/" + program;
    if (access(file.c_str(), X_OK) == 0) return file;
    at = end + 1;
  }
  return "";
}

class PrometheusScalerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (PathOf("prometheus").empty())
      GTEST_SKIP() << "prometheus is not installed (apt install it)";
    std::string name = (std::filesystem::temp_directory_path() / "prometheus-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override {
    prometheus_.reset();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  // Scrapes all pods each second; ready when it returns.
  void StartPrometheus() {
    port_ = FreePort();
    std::string targets;
    for (const Pod& pod : pods_) targets += "'" + pod.address() + "',";
    Write("prometheus.yml",
          "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
          "scrape_configs:\n"
          "  - job_name: vitals\n"
          "    static_configs: [{targets: [" +
              targets + "]}]\n");
    prometheus_ = std::make_unique<Program>(std::vector<std::string>{
        PathOf("prometheus"), "--config.file=" + directory_ + "/prometheus.yml",
        "--storage.tsdb.path=" + directory_ + "/data",
        "--web.listen-address=127.0.0.1:" + std::to_string(port_)});
    ASSERT_TRUE(prometheus_->WaitFor("Server is ready"));
    auto source = std::make_shared<PrometheusSource>();
    source->url = *net::ParseUrl(Url());
    std::array<std::string, kQueryCount> texts;
    for (std::size_t i = 0; i < kQueryCount; ++i) texts[i] = kQueries[i].text;
    source->queries = FillQueries(texts, "server=\"files\"", seconds(60));
    client_ = std::make_shared<PrometheusClient>();
    client_->source = std::move(source);
    client_->user_agent = "test";
  }
  std::string Url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name) << text;
  }

  FleetSample Ask() {
    return support::Await(context_, AskPrometheus(client_, support::In(seconds(20))));
  }
  // The first sample of which that is true, or the last one.
  FleetSample AskUntil(const std::function<bool(const FleetSample&)>& is_so) {
    const auto end = net::Clock::now() + kPatience;
    FleetSample sample = Ask();
    while (!is_so(sample) && net::Clock::now() < end) {
      std::this_thread::sleep_for(kPause);
      sample = Ask();
    }
    EXPECT_TRUE(is_so(sample)) << testing::PrintToString(sample.troubles);
    return sample;
  }
  static std::uint64_t Streams(const FleetSample& sample) {
    return sample.streams ? sample.streams->by_kind[1] : 0;
  }

  std::string directory_;
  std::list<Pod> pods_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Program> prometheus_;
  net::asio::io_context context_;
  std::shared_ptr<PrometheusClient> client_;  // its connections live in the context
};

TEST_F(PrometheusScalerTest, SeesTheFleet) {
  for (int i = 0; i < 3; ++i) pods_.emplace_back();
  StartPrometheus();
  const FleetSample sample = AskUntil([](const FleetSample& one) {
    return Streams(one) == 60 && one.calls && !one.calls->empty();
  });
  EXPECT_THAT(sample.troubles, IsEmpty());
  EXPECT_EQ(sample.in_flight, 6u);
  EXPECT_EQ(sample.replicas, 3u);
  EXPECT_EQ(sample.silent, 0u);
  const vitals::FineHistogram& calls = sample.calls->at("add").minute;
  EXPECT_NEAR(calls.CountAbove(2) / static_cast<double>(calls.count()), 0.1, 0.05);
}

TEST_F(PrometheusScalerTest, APodWhoseScrapeFailsIsSilentAndItsStreamsAreGone) {
  for (int i = 0; i < 3; ++i) pods_.emplace_back();
  StartPrometheus();
  AskUntil([](const FleetSample& one) { return one.replicas == 3u; });
  pods_.front().hangs = true;
  const FleetSample sample = AskUntil([](const FleetSample& one) { return one.silent == 1u; });
  EXPECT_EQ(sample.replicas, 2u);
  EXPECT_EQ(Streams(sample), 40u);
}

TEST_F(PrometheusScalerTest, APodWithOldSamplesIsSilentAndCountsAsItWas) {
  pods_.emplace_back();
  pods_.emplace_back(120);
  StartPrometheus();
  const FleetSample sample =
      AskUntil([](const FleetSample& one) { return one.replicas == 1u && one.silent == 1u; });
  EXPECT_EQ(Streams(sample), 40u);
}

TEST_F(PrometheusScalerTest, WithoutPodsNothingIsKnown) {
  StartPrometheus();
  const FleetSample sample = Ask();
  EXPECT_FALSE(sample.streams || sample.in_flight || sample.replicas || sample.calls);
  EXPECT_EQ(sample.silent, 0u);
  EXPECT_THAT(sample.troubles, testing::Contains("query streams: the answer is empty"));
}

TEST_F(PrometheusScalerTest, WithoutCallsThatIsKnownOnceThereAreSamplesEnough) {
  pods_.emplace_back();
  StartPrometheus();
  auto source = std::make_shared<PrometheusSource>(*client_->source);
  for (std::string& query : source->queries) {
    const std::size_t at = query.find("tools/call");
    if (at != std::string::npos) query.replace(at, 10, "tools/none");
  }
  client_->source = source;
  const FleetSample sample = AskUntil([](const FleetSample& one) { return one.calls.has_value(); });
  EXPECT_THAT(*sample.calls, IsEmpty());
}

TEST_F(PrometheusScalerTest, AWrongQueryIsToldInPrometheusOwnWords) {
  StartPrometheus();
  auto source = std::make_shared<PrometheusSource>(*client_->source);
  source->queries[0] = "sum(";
  client_->source = source;
  EXPECT_THAT(Ask().troubles, testing::Contains(HasSubstr("query streams: HTTP 400: ")));
}

// The whole program, asked as KEDA asks.
TEST_F(PrometheusScalerTest, KedaIsAnsweredAndAfterPrometheusEndGetsAnError) {
  for (int i = 0; i < 3; ++i) pods_.emplace_back();
  StartPrometheus();
  AskUntil([](const FleetSample& one) { return Streams(one) == 60 && one.calls; });
  const std::uint16_t port = FreePort();
  Write("scaler.yml", "http: {listen: '127.0.0.1:0'}\nadmin: {listen: 'unix:" + directory_ +
                          "/admin.sock'}\nscaler:\n  listen: '127.0.0.1:" + std::to_string(port) +
                          "'\n  fleets:\n    - name: files\n      prometheus: {url: '" + Url() +
                          "'}\n");
  Program program({PROGRAM, "run", "--config", directory_ + "/scaler.yml"});
  auto stub = externalscaler::ExternalScaler::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  externalscaler::GetMetricsResponse answer;
  const auto ask = [&] {
    externalscaler::GetMetricsRequest request;
    auto& metadata = *request.mutable_scaledobjectref()->mutable_scalermetadata();
    metadata["fleet"] = "files";
    metadata["metric"] = "connections";
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    std::this_thread::sleep_for(kPause);
    answer.Clear();
    return stub->GetMetrics(&context, request, &answer);
  };
  const auto end = net::Clock::now() + kPatience;
  grpc::Status status = ask();
  while (!status.ok() && net::Clock::now() < end) status = ask();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(answer.metricvalues(0).metricvaluefloat(), 60);

  prometheus_->Signal(SIGKILL);
  while (status.ok() && net::Clock::now() < end) {
    status = ask();
    if (status.ok()) {
      ASSERT_EQ(answer.metricvalues(0).metricvaluefloat(), 60);
    }
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("query replicas: "));
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait(), 0);
}

}  // namespace
}  // namespace mcp_vitals::scaler
