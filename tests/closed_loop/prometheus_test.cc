#include "tests/closed_loop/prometheus.h"

#include <gmock/gmock.h>

namespace mcp_vitals::closed_loop {
namespace {

// Two pods, one of which answers ten calls a second, each in 1.5 s.
class PrometheusTest : public testing::Test {
 protected:
  PrometheusTest() : cluster_(PodShape(), 2, 1) {}
  void RunFor(int seconds) {
    std::vector<Done> done;
    for (const int end = now_ + seconds; now_ < end; ++now_) {
      cluster_.Tick(now_);
      prometheus_.Scrape(cluster_, now_);
      for (int i = 0; i < 10; ++i) {
        cluster_.pods().front()->server().Arrive({now_ + i / 10.0, 1, 0.001, 1.499});
      }
      for (const auto& pod : cluster_.pods()) pod->Run(now_, done);
    }
  }

  Cluster cluster_;
  Prometheus prometheus_;
  int now_ = 0;
};

TEST_F(PrometheusTest, SumsAndAveragesOverPods) {
  for (int i = 0; i < 30; ++i) cluster_.pods().front()->AddStream();
  EXPECT_EQ(prometheus_.SumOfStreams(0), std::nullopt);
  RunFor(30);
  EXPECT_EQ(prometheus_.SumOfStreams(now_), 30);
  EXPECT_EQ(prometheus_.AverageOfStreams(now_), 15);
}

TEST_F(PrometheusTest, WhatIsNewerThanTheLastScrapeIsNotSeen) {
  RunFor(30);
  cluster_.pods().front()->AddStream();
  EXPECT_EQ(prometheus_.SumOfStreams(now_), 0);
  RunFor(15);
  EXPECT_EQ(prometheus_.SumOfStreams(now_), 1);
}

TEST_F(PrometheusTest, RatesAreOfTheWindow) {
  RunFor(600);
  EXPECT_NEAR(prometheus_.RequestRate(now_, 60).value_or(0), 10, 0.5);
}

TEST_F(PrometheusTest, AQuantileIsGuessedWithinItsBucket) {
  EXPECT_EQ(prometheus_.Quantile(0.95, now_, 300), std::nullopt);
  RunFor(600);
  EXPECT_NEAR(prometheus_.Quantile(0.95, now_, 300).value_or(0), 1.95, 0.01) << "it is 1.5 s";
}

}  // namespace
}  // namespace mcp_vitals::closed_loop
