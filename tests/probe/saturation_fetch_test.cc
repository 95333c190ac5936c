#include "probe/saturation_fetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/saturation_samples.h"
#include "tests/probe/scripted_server.h"
#include "tests/support/run.h"

namespace mcp_vitals::probe {
namespace {

using testing::HasSubstr;
using vitals::FetchError;

Script Answering(int status, std::string_view type, std::string_view body) {
  return {{"GET", Fixed(Http(status, type, body))}};
}

class SaturationFetchTest : public testing::Test {
 protected:
  vitals::Fetched Fetch(const std::string& url,
                        std::chrono::milliseconds timeout = std::chrono::seconds(10)) {
    auto source = std::make_shared<SaturationSource>(source_);
    source->target.url = *net::ParseUrl(url);
    return support::Await(context_, FetchSaturation(std::shared_ptr<const SaturationSource>(source),
                                                    "mcp-vitals/0", support::In(timeout)));
  }
  // "" when it is good.
  std::string Failure(const vitals::Fetched& fetched) {
    const auto* failure = std::get_if<vitals::FetchFailure>(&fetched);
    return failure == nullptr ? "" : std::string(ToString(failure->error));
  }
  std::string Failure(Script script) {
    ScriptedServer server(std::move(script));
    return Failure(Fetch(server.Url("/metrics")));
  }

  net::asio::io_context context_{1};
  SaturationSource source_ = DefaultSource();
};

TEST_F(SaturationFetchTest, ReadsJsonByItsContentType) {
  ScriptedServer server(Answering(200, "application/json; charset=utf-8", kAllFigures));
  const auto fetched = Fetch(server.Url("/metrics?full=1"));
  EXPECT_EQ(std::get<vitals::Saturation>(fetched).active_sessions, 7);
  const Seen seen = server.Only("GET");
  EXPECT_EQ(seen.target, "/metrics?full=1");
  EXPECT_EQ(seen.Header("user-agent"), "mcp-vitals/0");
  EXPECT_THAT(seen.Header("accept"), HasSubstr("text/plain;version=0.0.4"));
}

TEST_F(SaturationFetchTest, ReadsPrometheusTextByItsContentType) {
  ScriptedServer server(Answering(200, "text/plain; version=0.0.4; charset=utf-8", kNodeMetrics));
  EXPECT_EQ(std::get<vitals::Saturation>(Fetch(server.Url())).heap_used, 12e6);
}

TEST_F(SaturationFetchTest, TheFormatOfTheConfigurationCountsMoreThanTheContentType) {
  ScriptedServer server(Answering(200, "text/plain", kAllFigures));
  source_.format = FiguresFormat::kJson;
  EXPECT_EQ(std::get<vitals::Saturation>(Fetch(server.Url())).pool_total, 10);
  source_.format = FiguresFormat::kPrometheus;
  EXPECT_EQ(Failure(Fetch(server.Url())), "malformed");
}

TEST_F(SaturationFetchTest, EveryFailureHasItsReason) {
  EXPECT_EQ(Failure(Answering(503, "application/json", kAllFigures)), "http_error");
  EXPECT_EQ(Failure(Answering(302, "application/json", kAllFigures)), "http_error");
  EXPECT_EQ(Failure(Answering(200, "text/html", "<html>")), "malformed");
  EXPECT_EQ(Failure(Answering(200, "", kAllFigures)), "malformed");
  EXPECT_EQ(Failure(Answering(200, "application/json", "{}")), "no_figures");
  EXPECT_EQ(Failure({{"GET", Fixed("SSH-2.0-OpenSSH_9.2\r\n\r\n")}}), "malformed");
  EXPECT_EQ(Failure({{"GET", CloseAtOnce()}}), "connection_error");
  EXPECT_EQ(Failure({{"GET", Cut("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                 "Content-Length: 99\r\n\r\n{")}}),
            "connection_error");
  const support::RefusedPort refused;
  EXPECT_EQ(Failure(Fetch("http://127.0.0.1:" + std::to_string(refused.port()))),
            "connection_error");
}

TEST_F(SaturationFetchTest, ReadsNoMoreThanItsBound) {
  source_.max_answer_bytes = kAllFigures.size();
  EXPECT_EQ(Failure(Answering(200, "application/json", kAllFigures)), "");
  source_.max_answer_bytes = kAllFigures.size() - 1;
  EXPECT_EQ(Failure(Answering(200, "application/json", kAllFigures)), "response_too_large");
}

TEST_F(SaturationFetchTest, ASilentServerEndsWithTheTime) {
  ScriptedServer silent({{"GET", Hang()}});
  EXPECT_EQ(Failure(Fetch(silent.Url(), std::chrono::milliseconds(100))), "timeout");
  // A body that trickles for ever does not prolong it.
  ScriptedServer endless({{"GET", Fixed(StreamHead() + Chunk("data: x\n\n"))}});
  source_.format = FiguresFormat::kJson;
  EXPECT_EQ(Failure(Fetch(endless.Url(), std::chrono::milliseconds(100))), "timeout");
}

}  // namespace
}  // namespace mcp_vitals::probe
