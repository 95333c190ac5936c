#include "vitals/inside_canary.h"

#include <gtest/gtest.h>

namespace mcp_vitals::vitals {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

const system_clock::time_point kStarted{seconds(1'800'000'000)};

ProbeResult Failed(Reason reason) {
  ProbeResult result;
  result.reason = reason;
  result.phase = Phase::kCanary;
  result.started = kStarted;
  return result;
}

InsideCanary Answered(bool good, seconds after = seconds(1)) {
  return {kStarted + after, 0.1, good};
}

TEST(LayerAtFaultTest, AProbeThatSucceededBlamesNobody) {
  ProbeResult good;
  good.success = true;
  EXPECT_EQ(LayerAtFault(good, Answered(false)), std::nullopt);
}

TEST(LayerAtFaultTest, WhatWasAnsweredWellInsideWasLostOnTheWay) {
  EXPECT_EQ(LayerAtFault(Failed(Reason::kTimeout), Answered(true)), Layer::kPath);
}

TEST(LayerAtFaultTest, WhatWasAnsweredBadlyIsTheServers) {
  EXPECT_EQ(LayerAtFault(Failed(Reason::kTimeout), Answered(false)), Layer::kServer);
  EXPECT_EQ(LayerAtFault(Failed(Reason::kCanaryFailed), Answered(true)), Layer::kServer)
      << "a good answer, but not the one that was expected";
}

TEST(LayerAtFaultTest, AnEarlierCanaryTellsNothingOfThisProbe) {
  EXPECT_EQ(LayerAtFault(Failed(Reason::kTimeout), std::nullopt), Layer::kUnknown);
  EXPECT_EQ(LayerAtFault(Failed(Reason::kTimeout), Answered(true, seconds(-1))), Layer::kUnknown);
}

TEST(ProbeTagTest, TellsTargetsApart) {
  EXPECT_EQ(ProbeTag("a"), ProbeTag("a"));
  EXPECT_NE(ProbeTag("a"), ProbeTag("b"));
  EXPECT_NE(ProbeTag("a"), 0u) << "which is no probe of ours";
}

}  // namespace
}  // namespace mcp_vitals::vitals
