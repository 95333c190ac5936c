#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>

#include "exporter/health.h"
#include "exporter/metrics.h"
#include "exporter/ready_checks.h"

namespace mcp_vitals::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;
using vitals::ConnectionSource;
using vitals::Saturation;

constexpr char kUrl[] = "http://127.0.0.1:3000/metrics";

vitals::Saturation AllFigures() {
  Saturation figures;
  figures.pool_total = 10;
  figures.pool_idle = 4;
  figures.pool_waiting = 2;
  figures.heap_used = 48e6;
  figures.heap_total = 50e6;
  figures.heap_limit = 64e6;
  figures.resident = 120e6;
  figures.active_sessions = 7;
  return figures;
}

class SaturationMetricsTest : public testing::Test {
 protected:
  SaturationMetricsTest() { saturation_.Configure(kUrl, std::nullopt); }
  std::string Written(bool configured = true) {
    MetricsSource source;
    source.probes = &probes_;
    source.self = &self_;
    source.server = "files";
    source.behind = behind_;
    source.connections = connections_;
    if (configured) source.saturation = saturation_.Get();
    std::ostringstream out;
    WriteMetrics(source, out);
    return out.str();
  }

  vitals::ProbeVitals probes_;
  SelfVitals self_;
  vitals::SaturationVitals saturation_;
  vitals::ConnectionCount connections_;
  std::shared_ptr<vitals::ServerVitals> behind_;
};

TEST_F(SaturationMetricsTest, TellsEveryFigure) {
  saturation_.Record(kUrl, AllFigures());
  const std::string text = Written();
  for (const char* sample :
       {R"(mcp_pool_connections{server="files",state="total"} 10)",
        R"(mcp_pool_connections{server="files",state="idle"} 4)",
        R"(mcp_pool_connections{server="files",state="waiting"} 2)",
        R"(mcp_heap_used_bytes{server="files"} 48000000)",
        R"(mcp_heap_total_bytes{server="files"} 50000000)",
        R"(mcp_heap_limit_bytes{server="files"} 64000000)",
        R"(mcp_server_resident_memory_bytes{server="files"} 120000000)",
        R"(mcp_saturation_ratio{server="files",resource="pool"} 0.6)",
        R"(mcp_saturation_ratio{server="files",resource="heap"} 0.75)",
        R"(mcp_server_reported_sessions{server="files"} 7)",
        R"(mcp_saturation_fetch_success{server="files"} 1)",
        R"(mcp_saturation_last_success_timestamp_seconds{server="files"} )",
        R"(mcp_saturation_fetches_total{server="files"} 1)",
        R"(mcp_saturation_fetch_failures_total{server="files",reason="timeout"} 0)"}) {
    EXPECT_THAT(text, HasSubstr(sample));
  }
}

TEST_F(SaturationMetricsTest, WhatIsNotKnownIsAbsent) {
  EXPECT_THAT(Written(), Not(HasSubstr("mcp_saturation_fetch_success")));
  Saturation figures = AllFigures();
  figures.pool_total = figures.pool_idle = figures.pool_waiting = std::nullopt;
  saturation_.Record(kUrl, figures);
  const std::string text = Written();
  EXPECT_THAT(text, HasSubstr("mcp_heap_used_bytes"));
  EXPECT_THAT(text, Not(HasSubstr("mcp_pool_connections")));
  EXPECT_THAT(text, Not(HasSubstr("resource=\"pool\"")));
}

TEST_F(SaturationMetricsTest, NothingIsLeftOfTheFiguresAfterAFailure) {
  saturation_.Record(kUrl, AllFigures());
  saturation_.Record(kUrl, vitals::FetchFailure{vitals::FetchError::kHttpError, ""});
  const std::string text = Written();
  for (const char* name : {"mcp_pool_connections", "mcp_heap_", "mcp_server_resident",
                           "mcp_saturation_ratio", "mcp_server_reported_sessions"}) {
    EXPECT_THAT(text, Not(HasSubstr(name)));
  }
  EXPECT_THAT(text, HasSubstr("mcp_saturation_fetch_success{server=\"files\"} 0"));
  EXPECT_THAT(text, HasSubstr("mcp_saturation_last_success_timestamp_seconds"));
  EXPECT_THAT(text, HasSubstr("reason=\"http_error\"} 1"));
}

TEST_F(SaturationMetricsTest, NotConfiguredIsNotThere) {
  EXPECT_THAT(Written(false), Not(HasSubstr("mcp_saturation")));
}

TEST_F(SaturationMetricsTest, TheServersOwnCountTakesThePlaceOfTheProxys) {
  behind_ = std::make_shared<vitals::ServerVitals>();
  EXPECT_THAT(Written(), HasSubstr(R"(mcp_active_sse_connections{server="files",kind="get"} 0)"));
  connections_.source = ConnectionSource::kApp;
  EXPECT_THAT(Written(), Not(HasSubstr("mcp_active_sse_connections{"))) << "not known";
  connections_.app_streams = 12;
  const std::string text = Written();
  EXPECT_THAT(text, HasSubstr(R"(mcp_active_sse_connections{server="files",kind="app"} 12)"));
  EXPECT_THAT(text, Not(HasSubstr("mcp_active_sse_connections{server=\"files\",kind=\"get\"}")));
  EXPECT_THAT(text, HasSubstr("mcp_connections_active{server=\"files\"} 0")) << "the proxy's";
}

TEST_F(SaturationMetricsTest, SocketsAreConnectionsAndNoStreams) {
  connections_.source = ConnectionSource::kSockets;
  EXPECT_THAT(Written(), Not(HasSubstr("mcp_connections_active"))) << "not known";
  connections_.sockets = 5;
  const std::string text = Written();
  EXPECT_THAT(text, HasSubstr(R"(mcp_connections_active{server="files"} 5)"));
  EXPECT_THAT(text, Not(HasSubstr("mcp_active_sse_connections")));
}

TEST_F(SaturationMetricsTest, TellsWhoComesPastTheProxy) {
  EXPECT_THAT(Written(), Not(HasSubstr("mcp_bypass_connections")));
  connections_.bypassing = 0;
  EXPECT_THAT(Written(), HasSubstr(R"(mcp_bypass_connections{server="files"} 0)"));
}

class SaturationReadyTest : public testing::Test {
 protected:
  // After a fetch that showed that ratio of the pool.
  int StatusAfter(double ratio) {
    Saturation figures;
    figures.pool_utilization = ratio;
    saturation_.Record(kUrl, figures);
    return handler_({}).status;
  }
  vitals::SaturationVitals saturation_;
  Handler handler_ = ReadyHandler({SaturationUnderLimit(saturation_)});
};

TEST_F(SaturationReadyTest, TwoFetchesAboveTheLimitAreTooMuchAndOneBelowIsEnough) {
  saturation_.Configure(kUrl, 0.9);
  EXPECT_EQ(handler_({}).status, 200) << "nothing is known";
  EXPECT_EQ(StatusAfter(0.97), 200);
  EXPECT_EQ(StatusAfter(0.97), 503);
  EXPECT_THAT(handler_({}).body, HasSubstr("pool 97 %"));
  EXPECT_EQ(StatusAfter(0.5), 200);
}

TEST_F(SaturationReadyTest, AServerThatSaysNothingIsNotHeldAgainstItsPod) {
  saturation_.Configure(kUrl, 0.9);
  StatusAfter(1);
  EXPECT_EQ(StatusAfter(1), 503);
  saturation_.Record(kUrl, vitals::FetchFailure{vitals::FetchError::kTimeout, ""});
  EXPECT_EQ(handler_({}).status, 200);
}

TEST_F(SaturationReadyTest, IsReadyWithoutALimit) {
  saturation_.Configure(kUrl, std::nullopt);
  StatusAfter(1);
  EXPECT_EQ(StatusAfter(1), 200);
}

}  // namespace
}  // namespace mcp_vitals::exporter
