#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/scaler/small_fleet.h"

namespace mcp_vitals::scaler {
namespace {

// As in the program: one thread hears and decides, gRPC's and the pages' ask meanwhile. Under
// ThreadSanitizer it shows that they share nothing without a lock.
TEST(BoardThreadsTest, ManyAskWhileOneDecides) {
  SmallFleet fleet;
  for (const char* const pod : {"a", "b", "c"}) {
    fleet.Add(pod, 20).calls = {{"search", 2}};
    fleet.pods[pod].took = {{"search", 0.3}};
  }
  fleet.Pass(1);
  constexpr int kRounds = 200;
  std::atomic<int> wrong = 0;
  const auto ask = [&](Metric metric, double right) {
    for (int i = 0; i < kRounds; ++i) {
      const auto answer = fleet.board->Ask(SmallFleet::Asking(metric));
      const auto* verdict = std::get_if<Verdict>(&answer);
      if (verdict == nullptr || verdict->value != right) ++wrong;
      fleet.board->AskWhy(SmallFleet::Asking(metric));
    }
  };
  const auto look = [&] {
    for (int i = 0; i < kRounds; ++i) {
      if (fleet.board->ReportHistory().size() != 1) ++wrong;
      fleet.board->State("f");
    }
  };
  std::thread connections(ask, Metric::kConnections, 60);
  std::thread load(ask, Metric::kLoad, 6);
  std::thread page(look);
  fleet.Pass(kRounds);
  connections.join();
  load.join();
  page.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace mcp_vitals::scaler
