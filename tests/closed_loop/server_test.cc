#include "tests/closed_loop/server.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/closed_loop/random.h"

namespace mcp_vitals::closed_loop {
namespace {

using testing::DoubleNear;

class ServerTest : public testing::Test {
 protected:
  void Arrive(double at, double demand, double wait = 0) { server_.Arrive({at, 1, demand, wait}); }
  std::vector<Done> RunFor(double seconds) {
    std::vector<Done> done;
    server_.Run(0, seconds, done);
    return done;
  }

  Server server_{2, 1};
};

TEST_F(ServerTest, AsManyAsThereAreWorkersGoAtFullSpeed) {
  Arrive(0, 1);
  Arrive(0.5, 1);
  const auto done = RunFor(10);
  ASSERT_EQ(done.size(), 2u);
  EXPECT_THAT(done[0].duration, DoubleNear(1, 1e-9));
  EXPECT_THAT(done[1].duration, DoubleNear(1, 1e-9));
  EXPECT_THAT(server_.work(), DoubleNear(2, 1e-9));
}

TEST_F(ServerTest, MoreShareThem) {
  for (int i = 0; i < 4; ++i) Arrive(0, 1);
  for (const Done& done : RunFor(10)) EXPECT_THAT(done.duration, DoubleNear(2, 1e-9));
}

TEST_F(ServerTest, AWaitTakesNoWorker) {
  for (int i = 0; i < 100; ++i) Arrive(0, 0.01, 5);
  EXPECT_EQ(RunFor(3).size(), 0u);
  EXPECT_EQ(server_.in_flight(), 100u);
  EXPECT_THAT(server_.work(), DoubleNear(1, 1e-6));
}

TEST_F(ServerTest, AClientGivesUpAndItsWorkIsDropped) {
  Arrive(0, 1000);
  Arrive(0, 1000);
  Arrive(1, 1000);
  const auto done = RunFor(200);
  ASSERT_EQ(done.size(), 3u);
  for (const Done& one : done) {
    EXPECT_FALSE(one.is_answered);
    EXPECT_THAT(one.duration, DoubleNear(Server::kPatience, 1e-6));
  }
  EXPECT_EQ(server_.in_flight(), 0u);
  EXPECT_THAT(server_.work(), DoubleNear(2 * 60 + 1, 1e-6));
}

// Processor sharing is insensitive: with one worker the mean time is demand / (1 - utilisation),
// however demands are spread.
TEST_F(ServerTest, LatencyRisesWithUtilisationAsTheoryHasIt) {
  for (const double utilisation : {0.5, 0.8}) {
    Server one(1, 1);
    Random random(7);
    constexpr double kDemand = 0.1;
    constexpr int kSeconds = 40'000;
    std::vector<Done> done;
    for (int now = 0; now < kSeconds; ++now) {
      std::vector<double> times;
      for (int i = random.Poisson(utilisation / kDemand); i > 0; --i) {
        times.push_back(now + random.Uniform());
      }
      std::sort(times.begin(), times.end());
      for (const double at : times) one.Arrive({at, 1, random.LogNormal(kDemand, 1), 0});
      one.Run(now, now + 1, done);
    }
    double sum = 0;
    for (const Done& call : done) sum += call.duration;
    EXPECT_NEAR(sum / static_cast<double>(done.size()) / (kDemand / (1 - utilisation)), 1, 0.05);
    EXPECT_NEAR(one.work() / kSeconds, utilisation, 0.02);
  }
}

}  // namespace
}  // namespace mcp_vitals::closed_loop
