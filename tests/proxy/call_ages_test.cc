#include "proxy/call_ages.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace mcp_vitals::proxy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Time After(Time time, double seconds_later) {
  return time +
         std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(seconds_later));
}

class CallAgesTest : public testing::Test {
 protected:
  // How many of those in flight are older than `bound`, which is a bound of the histogram.
  std::uint64_t OlderThan(double bound) const {
    const vitals::FineHistogram ages = ages_.At(now_);
    return ages.count() - ages.CountUpTo(bound);
  }

  CallAges ages_;
  Time now_{hours(1000)};
};

TEST_F(CallAgesTest, NothingIsInFlightAtFirst) {
  EXPECT_EQ(ages_.in_flight(), 0u);
  EXPECT_EQ(ages_.At(now_).count(), 0u);
}

TEST_F(CallAgesTest, AnAgeGrowsUntilTheCallEnds) {
  const Time began = now_;
  ages_.Begin(began);
  now_ += milliseconds(1900);
  EXPECT_EQ(OlderThan(2), 0u);
  now_ += milliseconds(200);
  EXPECT_EQ(OlderThan(2), 1u);
  EXPECT_EQ(ages_.in_flight(), 1u);
  ages_.End(began);
  EXPECT_EQ(ages_.in_flight(), 0u);
  EXPECT_EQ(ages_.At(now_).count(), 0u);
}

TEST_F(CallAgesTest, CallsOfOneSlotAreCountedEach) {
  for (int i = 0; i < 1000; ++i) ages_.Begin(now_);
  for (int i = 0; i < 400; ++i) ages_.End(now_);
  EXPECT_EQ(ages_.in_flight(), 600u);
  EXPECT_EQ(ages_.At(now_).count(), 600u);
}

TEST_F(CallAgesTest, OneThatBeganLongAgoMayBeToldLate) {
  ages_.Begin(now_);
  const Time earlier = now_ - minutes(5);
  ages_.Begin(earlier);
  EXPECT_EQ(OlderThan(60), 1u);
  ages_.End(earlier);
  EXPECT_EQ(OlderThan(60), 0u);
  EXPECT_EQ(ages_.in_flight(), 1u);
}

TEST_F(CallAgesTest, MoreThanADayIsAboveEveryBound) {
  const Time began = now_;
  ages_.Begin(began);
  now_ += days(3);
  ages_.Begin(now_);
  EXPECT_EQ(ages_.At(now_).CountAbove(86400), 1);
  ages_.End(began);
  EXPECT_EQ(ages_.At(now_).CountAbove(86400), 0);
  EXPECT_EQ(ages_.in_flight(), 1u);
}

TEST_F(CallAgesTest, WorksFromTheClocksBeginning) {
  now_ = Time(milliseconds(30));
  const Time began = now_;
  ages_.Begin(began);
  for (const auto& step : {milliseconds(40), milliseconds(70'000), milliseconds(4'000'000)}) {
    now_ += step;
    ages_.Begin(now_);
    EXPECT_LE(ages_.At(now_).CountAbove(SecondsBetween(began, now_) + 600), 0);
    ages_.End(now_);
  }
  EXPECT_EQ(OlderThan(3600), 1u);
  ages_.End(began);
  EXPECT_EQ(ages_.At(now_).count(), 0u);
}

// Never too small, and too large by the slot's width at most: of any calls at any times.
TEST_F(CallAgesTest, AgesAreExactToASlot) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> exponent(-2, 5.5);  // 10 ms to four days
  std::vector<Time> open;
  for (int step = 0; step < 3'000; ++step) {
    const double pause = std::pow(10, exponent(random) - 3);
    now_ = After(now_, pause);
    const Time began = After(now_, random() % 4 == 0 ? -std::pow(10, exponent(random)) : 0);
    ages_.Begin(began);
    open.push_back(began);
    if (open.size() > 60) {
      const auto ended = open.begin() + static_cast<std::ptrdiff_t>(random() % open.size());
      ages_.End(*ended);
      open.erase(ended);
    }
    const vitals::FineHistogram ages = ages_.At(now_);
    ASSERT_EQ(ages.count(), open.size());
    for (const double bound : vitals::kLifetimeBounds) {
      const double width = bound < 60 ? 0.1 : bound < 3600 ? 6 : 600;
      const auto older = [&](double than) {
        return static_cast<std::uint64_t>(std::count_if(open.begin(), open.end(), [&](Time time) {
          return SecondsBetween(time, now_) > than;
        }));
      };
      const std::uint64_t seen = ages.count() - ages.CountUpTo(bound);
      ASSERT_GE(seen, older(bound)) << bound << " at step " << step;
      ASSERT_LE(seen, older(bound - width)) << bound << " at step " << step;
    }
  }
  for (const Time began : open) ages_.End(began);
  EXPECT_EQ(ages_.in_flight(), 0u);
  EXPECT_EQ(ages_.At(now_).count(), 0u);
}

}  // namespace
}  // namespace mcp_vitals::proxy
