#include "scaler/history.h"

#include <gtest/gtest.h>

namespace mcp_vitals::scaler {
namespace {

using std::chrono::seconds;

class HistoryTest : public testing::Test {
 protected:
  void At(int second, unsigned pods, Rule rule = Rule::kStreams, unsigned seen = 5) {
    Decision decision;
    decision.pods = pods;
    decision.seen = seen;
    decision.rule = rule;
    if (rule != Rule::kBlind) decision.answer = Verdict{static_cast<double>(pods), true};
    history_.Add(Time() + seconds(second), decision);
  }
  // "second:pods" of each entry.
  std::string Told() const {
    std::string told;
    for (const History::Entry& entry : history_.entries()) {
      told += (told.empty() ? "" : " ") + std::to_string((entry.at - Time()) / seconds(1)) + ":" +
              (entry.rule == Rule::kBlind ? "blind" : std::to_string(entry.pods));
    }
    return told;
  }
  History history_;
};

TEST_F(HistoryTest, HoldsEveryChangeAndNothingBetween) {
  for (int second = 0; second < 50; ++second) At(second, second < 20 ? 5 : 6);
  EXPECT_EQ(Told(), "0:5 20:6");
  At(50, 6, Rule::kStreams, 6);
  At(59, 6, Rule::kStreams, 6);
  EXPECT_EQ(Told(), "0:5 20:6 50:6") << "pods that came are a change too";
}

TEST_F(HistoryTest, HoldsOneEachMinuteWhereNothingChanges) {
  for (int second = 0; second <= 180; ++second) At(second, 5);
  EXPECT_EQ(Told(), "0:5 60:5 120:5 180:5");
}

TEST_F(HistoryTest, WaveringIsOneEntryWithWhatCameLast) {
  At(0, 5);
  for (int second = 20; second < 30; ++second) At(second, second % 2 == 0 ? 6 : 5);
  At(30, 9);
  EXPECT_EQ(Told(), "0:5 20:5 30:9");
}

TEST_F(HistoryTest, ShortBlindnessIsNotPassedOver) {
  At(0, 5);
  At(1, 5, Rule::kBlind);
  At(2, 5);
  EXPECT_EQ(Told(), "0:5 1:blind 2:5");
}

TEST_F(HistoryTest, ForgetsTheOldest) {
  for (int i = 0; i < 500; ++i) At(100 * i, 5);
  EXPECT_EQ(history_.entries().size(), History::kMost);
  EXPECT_EQ(history_.entries().back().at, Time() + seconds(49'900));
}

}  // namespace
}  // namespace mcp_vitals::scaler
