#include "probe/era_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace mcp_vitals::probe {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr EraCache::Clock::time_point kStart{hours(1'000)};
constexpr Dialect kModern{mcp::Era::kModern, mcp::Transport::kStreamableHttp};
constexpr Dialect kLegacy{mcp::Era::kLegacy, mcp::Transport::kStreamableHttp};
constexpr Dialect kSse{mcp::Era::kLegacy, mcp::Transport::kHttpSse};

TEST(EraCacheTest, KnowsWhatItWasTold) {
  EraCache cache;
  cache.Remember("http://a:80/mcp", kModern, kStart);
  cache.Remember("http://a:80/sse", kSse, kStart);
  EXPECT_EQ(cache.Find("http://a:80/mcp", kStart), kModern);
  EXPECT_EQ(cache.Find("http://a:80/sse", kStart), kSse);
  EXPECT_EQ(cache.Find("http://b:80/mcp", kStart), std::nullopt);
}

TEST(EraCacheTest, ForgetsWhatItIsToldToForget) {
  EraCache cache;
  cache.Remember("a", kModern, kStart);
  cache.Forget("a");
  cache.Forget("never known");
  EXPECT_EQ(cache.Find("a", kStart), std::nullopt);
}

TEST(EraCacheTest, DoesNotTrustWhatIsAnHourOld) {
  EraCache cache;
  cache.Remember("a", kLegacy, kStart);
  EXPECT_EQ(cache.Find("a", kStart + minutes(59)), kLegacy);
  EXPECT_EQ(cache.Find("a", kStart + minutes(61)), std::nullopt);
}

TEST(EraCacheTest, ASuspicionIsKnownWhenItComesTwiceInARow) {
  EraCache cache;
  cache.Suspect("a", kLegacy, kStart);
  EXPECT_EQ(cache.Find("a", kStart), std::nullopt);
  cache.Suspect("a", kSse, kStart);
  EXPECT_EQ(cache.Find("a", kStart), std::nullopt) << "another one";
  cache.Remember("a", kModern, kStart);
  cache.Suspect("a", kSse, kStart);
  EXPECT_EQ(cache.Find("a", kStart), std::nullopt) << "not in a row";
  cache.Suspect("a", kSse, kStart);
  EXPECT_EQ(cache.Find("a", kStart), kSse);
}

TEST(EraCacheTest, NewFindingReplacesTheOldOne) {
  EraCache cache;
  cache.Remember("a", kLegacy, kStart);
  cache.Remember("a", kModern, kStart + minutes(61));
  EXPECT_EQ(cache.Find("a", kStart + minutes(119)), kModern);
}

TEST(EraCacheTest, IsBoundedAndStillTakesNewEndpoints) {
  EraCache cache;
  constexpr int kMany = 70'000;
  for (int i = 0; i < kMany; ++i) cache.Remember(std::to_string(i), kLegacy, kStart);
  int known = 0;
  for (int i = 0; i < kMany; ++i) known += cache.Find(std::to_string(i), kStart) ? 1 : 0;
  EXPECT_LT(known, kMany);
  EXPECT_EQ(cache.Find(std::to_string(kMany - 1), kStart), kLegacy);
}

}  // namespace
}  // namespace mcp_vitals::probe
