#include "scaler/work.h"

#include <gmock/gmock.h>

namespace mcp_vitals::scaler {
namespace {

vitals::FineHistogram OneCall() {
  vitals::FineHistogram calls;
  calls.Observe(0.1);
  return calls;
}

TEST(WorkTest, ToolsBeyondFiveHundredAreOne) {
  CallsByTool ended;
  for (int i = 0; i < 600; ++i) ended["tool " + std::to_string(i)] = OneCall();
  Work work;
  work.Add(Time(), ended);
  EXPECT_EQ(work.tools().size(), 501U);
  EXPECT_EQ(work.tools().at("_OTHER").minute.count(), 100U);
}

TEST(WorkTest, PlacesOfToolsThatAreNotCalledAreGivenToOthers) {
  CallsByTool early, late;
  for (int i = 0; i < 500; ++i) early["early " + std::to_string(i)] = OneCall();
  late["late"] = OneCall();
  Work work;
  work.Add(Time(), early);
  work.Add(Time() + std::chrono::minutes(6), {});
  work.Add(Time() + std::chrono::minutes(6), late);
  EXPECT_THAT(work.tools(), testing::ElementsAre(testing::Key("late")));
}

}  // namespace
}  // namespace mcp_vitals::scaler
