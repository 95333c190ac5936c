#include "proxy/idle_cuts.h"

#include <gtest/gtest.h>

namespace mcp_vitals::proxy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class IdleCutsTest : public testing::Test {
 protected:
  void Add(double silence, int times) {
    for (int i = 0; i < times; ++i) cuts_.Add(silence, now_);
  }
  std::optional<double> Found() const { return cuts_.Find(now_); }

  IdleCuts cuts_;
  Time now_{hours(1000)};
};

TEST_F(IdleCutsTest, TheSameSilenceAgainAndAgainIsATimer) {
  Add(60, IdleCuts::kAgree - 1);
  EXPECT_FALSE(Found());
  Add(61, 1);
  EXPECT_EQ(Found(), 60);
}

TEST_F(IdleCutsTest, StreamsThatEndAtAnyTimeAreNone) {
  for (int i = 0; i < 40; ++i) Add(10 * (i + 1), 1);
  EXPECT_FALSE(Found());
}

TEST_F(IdleCutsTest, HalfOfAllMustAgree) {
  Add(60, 5);
  for (int i = 0; i < 6; ++i) Add(100 * (i + 1), 1);
  EXPECT_FALSE(Found());
  Add(60, 1);
  EXPECT_EQ(Found(), 60);
}

TEST_F(IdleCutsTest, ChatterIsNoSilence) {
  Add(4.9, 30);
  EXPECT_FALSE(Found());
}

TEST_F(IdleCutsTest, OnlyTheLastHourAndTheLastFewCount) {
  Add(60, 10);
  now_ += minutes(61);
  EXPECT_FALSE(Found());
  Add(350, 5);
  EXPECT_EQ(Found(), 350);
  for (std::size_t i = 0; i < IdleCuts::kKept; ++i) Add(10.0 * static_cast<double>(i + 1), 1);
  EXPECT_FALSE(Found());
}

}  // namespace
}  // namespace mcp_vitals::proxy
