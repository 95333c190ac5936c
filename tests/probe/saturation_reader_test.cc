#include "probe/saturation_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probe/saturation_samples.h"

namespace mcp_vitals::probe {
namespace {

using testing::HasSubstr;
using vitals::FetchError;
using vitals::Saturation;

class SaturationReaderTest : public testing::Test {
 protected:
  vitals::Fetched Read(FiguresFormat format, std::string_view answer) const {
    return ReadSaturation(source_, format, answer);
  }
  Saturation Figures(FiguresFormat format, std::string_view answer) const {
    const auto fetched = Read(format, answer);
    if (const auto* failure = std::get_if<vitals::FetchFailure>(&fetched)) {
      ADD_FAILURE() << failure->detail;
      return {};
    }
    return std::get<Saturation>(fetched);
  }
  Saturation Json(std::string_view answer) const { return Figures(FiguresFormat::kJson, answer); }
  Saturation Metrics(std::string_view answer) const {
    return Figures(FiguresFormat::kPrometheus, answer);
  }
  FetchError Failure(FiguresFormat format, std::string_view answer) const {
    return std::get<vitals::FetchFailure>(Read(format, answer)).error;
  }
  FigurePlace& Place(std::string_view key) {
    for (std::size_t i = 0; i < kFigures.size(); ++i) {
      if (kFigures[i].key == key) return source_.places[i];
    }
    return source_.places[kActiveStreams];
  }

  SaturationSource source_ = DefaultSource();
};

TEST_F(SaturationReaderTest, ReadsEveryFigure) {
  const Saturation figures = Json(kAllFigures);
  EXPECT_EQ(figures.pool_total, 10);
  EXPECT_EQ(figures.pool_idle, 4);
  EXPECT_EQ(figures.pool_waiting, 2);
  EXPECT_EQ(figures.pool_utilization, 0.6);
  EXPECT_EQ(figures.heap_used, 48e6);
  EXPECT_EQ(figures.heap_total, 64e6);
  EXPECT_EQ(figures.heap_limit, 96e6);
  EXPECT_EQ(figures.heap_utilization, 0.5);
  EXPECT_EQ(figures.resident, 120e6);
  EXPECT_EQ(figures.active_sessions, 7);
  EXPECT_EQ(figures.active_streams, std::nullopt);
}

TEST_F(SaturationReaderTest, TakesWhatIsThereAndNothingForTheRest) {
  const Saturation figures = Json(R"({"pool_total":10,"heap_used_mb":0})");
  EXPECT_EQ(figures.pool_total, 10);
  EXPECT_EQ(figures.heap_used, 0) << "a zero that the server gives is known";
  EXPECT_EQ(figures.pool_idle, std::nullopt);
  EXPECT_EQ(figures.resident, std::nullopt);
}

// An empty pool's utilization is NaN to JavaScript, which JSON writes as null.
TEST_F(SaturationReaderTest, WhatIsNoNumberIsNotKnown) {
  const Saturation figures =
      Json(R"({"pool_total":1,"pool_utilization":null,"pool_idle":"4","pool_waiting":[2],)"
           R"("heap_used_mb":-1,"heap_utilization":87})");
  EXPECT_EQ(figures.pool_utilization, std::nullopt);
  EXPECT_EQ(figures.pool_idle, std::nullopt);
  EXPECT_EQ(figures.pool_waiting, std::nullopt);
  EXPECT_EQ(figures.heap_used, std::nullopt);
  EXPECT_EQ(figures.heap_utilization, std::nullopt) << "per cent, maybe: no share";
}

TEST_F(SaturationReaderTest, PointersLeadAnywhere) {
  Place("pool_total").pointer = "/db/pools/1/size";
  Place("heap_used") = {std::nullopt, "/memory/heapUsed", 1};
  const Saturation figures =
      Json(R"({"db":{"pools":[{"size":1},{"size":5}]},"memory":{"heapUsed":1234}})");
  EXPECT_EQ(figures.pool_total, 5);
  EXPECT_EQ(figures.heap_used, 1234);
}

TEST_F(SaturationReaderTest, ReadsWhatPromClientExportsByItself) {
  const Saturation figures = Metrics(kNodeMetrics);
  EXPECT_EQ(figures.resident, 61353984);
  EXPECT_EQ(figures.heap_used, 12e6);
  EXPECT_EQ(figures.heap_total, 16e6);
  EXPECT_EQ(figures.HeapRatio(), std::nullopt) << "what is taken is no limit";
  EXPECT_EQ(figures.pool_total, std::nullopt);
}

TEST_F(SaturationReaderTest, AddsUpTheSeriesThatAreMeant) {
  Place("pool_idle").metric = ParseSelector("db_connections{state=\"idle\"}");
  Place("pool_utilization").metric = ParseSelector("db_utilization");
  const Saturation figures = Metrics(
      "db_connections{db=\"a\",state=\"idle\"} 1\ndb_connections{db=\"b\",state=\"idle\"} 2\n"
      "db_connections{db=\"a\",state=\"used\"} 5\ndb_connections_total 9\n"
      "db_utilization{db=\"a\"} 0.25\ndb_utilization{db=\"b\"} 0.5\ndb_utilization{db=\"c\"} 0\n");
  EXPECT_EQ(figures.pool_idle, 3);
  EXPECT_EQ(figures.pool_utilization, 0.5) << "of shares the greatest";
}

TEST_F(SaturationReaderTest, ASumWithAnUnknownPartIsNotKnown) {
  Place("pool_idle").metric = ParseSelector("idle");
  Place("pool_utilization").metric = ParseSelector("share");
  const Saturation figures = Metrics(
      "idle{db=\"a\"} 1\nidle{db=\"b\"} NaN\nshare{db=\"a\"} NaN\nshare{db=\"b\"} 0.1\nup 1\n"
      "process_resident_memory_bytes 1\n");
  EXPECT_EQ(figures.pool_idle, std::nullopt);
  EXPECT_EQ(figures.pool_utilization, std::nullopt);
}

TEST_F(SaturationReaderTest, TheStreamsAreFoundWhereTheConfigurationSays) {
  source_.places[kActiveStreams].metric = ParseSelector("mcp_streams");
  EXPECT_EQ(Metrics("mcp_streams 12\n").active_streams, 12);
  source_.places[kActiveStreams].pointer = "/streams";
  EXPECT_EQ(Json(R"({"streams":3})").active_streams, 3);
}

TEST_F(SaturationReaderTest, AnAnswerWithoutFiguresIsAFailure) {
  EXPECT_EQ(Failure(FiguresFormat::kJson, "{}"), FetchError::kNoFigures);
  EXPECT_EQ(Failure(FiguresFormat::kPrometheus, "up 1\n"), FetchError::kNoFigures);
  EXPECT_EQ(Failure(FiguresFormat::kPrometheus, ""), FetchError::kNoFigures);
}

TEST_F(SaturationReaderTest, SaysWhichLineCouldNotBeRead) {
  const auto fetched = Read(FiguresFormat::kPrometheus, "up 1\n<html>\n");
  const auto& failure = std::get<vitals::FetchFailure>(fetched);
  EXPECT_EQ(failure.error, FetchError::kMalformed);
  EXPECT_THAT(failure.detail, HasSubstr("line 2"));
}

TEST_F(SaturationReaderTest, WhatIsNoJsonIsAFailure) {
  EXPECT_EQ(Failure(FiguresFormat::kJson, ""), FetchError::kMalformed);
  EXPECT_EQ(Failure(FiguresFormat::kJson, "{\"pool_total\":10"), FetchError::kMalformed);
  EXPECT_EQ(Failure(FiguresFormat::kJson, std::string(100'000, '[')), FetchError::kMalformed);
  for (auto& place : source_.places) place.pointer.clear();
  EXPECT_EQ(Failure(FiguresFormat::kJson, "<html>"), FetchError::kMalformed);
}

}  // namespace
}  // namespace mcp_vitals::probe
