#include "scaler/policy.h"

#include <gmock/gmock.h>

namespace mcp_vitals::scaler {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using vitals::StreamKind;
using Metadata = std::map<std::string, std::string>;

Policy Good(Metadata metadata) {
  metadata.try_emplace("fleet", "f");
  const auto read = ReadPolicy(metadata);
  const auto* bad = std::get_if<BadTrigger>(&read);
  EXPECT_EQ(bad, nullptr) << bad->why;
  return bad != nullptr ? Policy() : std::get<Policy>(read);
}

std::string Why(Metadata metadata) {
  metadata.try_emplace("fleet", "f");
  const auto read = ReadPolicy(metadata);
  const auto* bad = std::get_if<BadTrigger>(&read);
  return bad == nullptr ? "(good)" : bad->why;
}

TEST(PolicyTest, AFleetIsEnough) {
  const Policy policy = Good({});
  EXPECT_EQ(policy.fleet, "f");
  EXPECT_EQ(policy.metric, Metric::kLoad);
  EXPECT_THAT(policy.kinds, ElementsAre(StreamKind::kSse, StreamKind::kGet, StreamKind::kListen));
  EXPECT_EQ(policy.connections_per_pod, 50);
  EXPECT_FALSE(policy.concurrency_per_pod);
  EXPECT_EQ(policy.latency_target, seconds(2));
  EXPECT_EQ(policy.latency_quantile, 0.95);
  EXPECT_EQ(policy.activation, 0);
  EXPECT_EQ(policy.hpa_tolerance, 0.1);
  EXPECT_EQ(policy.active_hold, seconds(300));
  EXPECT_EQ(policy.TargetSize(), 1);
}

TEST(PolicyTest, DurationsAreNumbersWithUnits) {
  EXPECT_EQ(Good({{"activeHold", "1m15s"}}).active_hold, seconds(75));
  EXPECT_EQ(Good({{"latencyTarget", "1.5s"}}).latency_target, std::chrono::milliseconds(1500));
  for (const char* const bad : {"", "s", "5", "5x", "1m15", "-1s", "0s", "25h", "1m-5s", "1..5s"}) {
    EXPECT_THAT(Why({{"activeHold", bad}}), StartsWith("activeHold: ")) << bad;
  }
}

TEST(PolicyTest, EveryKeyOfTheContractIsRead) {
  const Policy policy = Good({{"scalerAddress", "mcp-vitals:9789"},
                              {"enableTLS", "true"},
                              {"metric", "connections"},
                              {"kinds", "sse, post"},
                              {"connectionsPerPod", "12.5"},
                              {"concurrencyPerPod", "4"},
                              {"latencyTarget", "500ms"},
                              {"latencyQuantile", "0.99"},
                              {"tools", "add,sub"},
                              {"buffer", "10"},
                              {"activation", "3"},
                              {"hpaTolerance", "0"},
                              {"activeHold", "10m"}});
  EXPECT_EQ(policy.metric, Metric::kConnections);
  EXPECT_THAT(policy.kinds, ElementsAre(StreamKind::kSse, StreamKind::kPost));
  EXPECT_EQ(policy.TargetSize(), 12.5);
  EXPECT_EQ(policy.concurrency_per_pod, 4);
  EXPECT_EQ(policy.latency_target, Policy::Seconds(0.5));
  EXPECT_EQ(policy.latency_quantile, 0.99);
  EXPECT_THAT(policy.tools, ElementsAre("add", "sub"));
  EXPECT_EQ(policy.buffer, 10);
  EXPECT_EQ(policy.activation, 3);
  EXPECT_EQ(policy.hpa_tolerance, 0);
  EXPECT_EQ(policy.active_hold, seconds(600));
}

TEST(PolicyTest, AValueMayComeFromTheTargetsEnvironment) {
  EXPECT_EQ(Good({{"connectionsPerPodFromEnv", "7"}}).connections_per_pod, 7);
}

TEST(PolicyTest, TheTargetBelongsToTheMetric) {
  EXPECT_EQ(Good({{"metric", "concurrency"}, {"concurrencyPerPod", "8"}}).TargetSize(), 8);
  EXPECT_EQ(Good({{"metric", "latency"}}).TargetSize(), 1);
  EXPECT_THAT(Why({{"metric", "concurrency"}}), StartsWith("concurrencyPerPod: is missing"));
}

TEST(PolicyTest, WhatIsWrongIsNamedWithWhatIsAllowed) {
  EXPECT_EQ(std::get<BadTrigger>(ReadPolicy({})).why,
            "fleet: is missing (allowed: the name of a fleet of this scaler)");
  EXPECT_THAT(Why({{"fleet", ""}}), StartsWith("fleet: \"\" can't be used (allowed: "));
  EXPECT_THAT(Why({{"connectionPerPod", "5"}}),
              AllOf(StartsWith("\"connectionPerPod\" is no key of this scaler (allowed: fleet, "),
                    HasSubstr("connectionsPerPod")));
  EXPECT_EQ(Why({{"metric", "cpu"}}),
            "metric: \"cpu\" can't be used (allowed: load, connections, concurrency or latency)");
  for (const char* number : {"", "0", "-1", "nan", "inf", "1e9", "5x", " 5", "0x10"}) {
    EXPECT_THAT(Why({{"connectionsPerPod", number}}),
                HasSubstr("allowed: a number from 0.001 to 1e+06"))
        << number;
  }
  for (const char* duration : {"", "2", "0s", "-1s", "2d", "25h", "s", "nans"}) {
    EXPECT_THAT(Why({{"latencyTarget", duration}}), StartsWith("latencyTarget: ")) << duration;
  }
  for (const char* kinds : {"", ",", "sse,tcp", "SSE"}) {
    EXPECT_THAT(Why({{"kinds", kinds}}), HasSubstr("allowed: some of sse, get, post, listen"))
        << kinds;
  }
  for (const char* quantile : {"0.4", "1", "95"}) {
    EXPECT_THAT(Why({{"latencyQuantile", quantile}}), StartsWith("latencyQuantile: ")) << quantile;
  }
}

TEST(PolicyTest, AForeignTextIsShortAndPlainInAnError) {
  EXPECT_THAT(Why({{"metric", "a\nb" + std::string(1000, 'x')}}),
              AllOf(HasSubstr("\"a?bxxx"), HasSubstr("x…\"")));
}

TEST(PolicyTest, ALongValueIsRefusedByItsKey) {
  const auto read = ReadPolicy({{"fleet", "f"}, {"tools", std::string(8193, 'x')}});
  ASSERT_TRUE(std::holds_alternative<BadTrigger>(read));
  EXPECT_THAT(std::get<BadTrigger>(read).why, testing::HasSubstr("tools: "));
  EXPECT_THAT(std::get<BadTrigger>(read).why, testing::HasSubstr("at most 8 KiB"));
}

TEST(PolicyTest, SixtyFourToolsAreEnough) {
  std::string tools;
  for (int i = 0; i < 65; ++i) tools += "tool" + std::to_string(i) + ",";
  const auto read = ReadPolicy({{"fleet", "f"}, {"tools", tools}});
  ASSERT_TRUE(std::holds_alternative<BadTrigger>(read));
  EXPECT_THAT(std::get<BadTrigger>(read).why, testing::HasSubstr("at most 64 names"));
}

}  // namespace
}  // namespace mcp_vitals::scaler
