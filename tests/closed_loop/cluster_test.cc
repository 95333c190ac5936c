#include "tests/closed_loop/cluster.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/closed_loop/clients.h"

namespace mcp_vitals::closed_loop {
namespace {

class ClusterTest : public testing::Test {
 protected:
  ClusterTest() : cluster_(PodShape(), 8, 1) {}

  int CountOf(PodState state) const {
    return static_cast<int>(std::count_if(cluster_.pods().begin(), cluster_.pods().end(),
                                          [&](const auto& pod) { return pod->state() == state; }));
  }
  // Without clients: who is done with its way out goes.
  void RunFor(int seconds) {
    for (const int end = now_ + seconds; now_ < end; ++now_) {
      cluster_.Tick(now_);
      for (const auto& pod : cluster_.pods()) {
        if (pod->IsDone(now_ + 1)) pod->Gone();
      }
      most_ = std::max(most_, cluster_.scale(now_).status);
      least_ready_ = std::min(least_ready_, CountOf(PodState::kReady));
    }
  }

  Cluster cluster_;
  int now_ = 0;
  int most_ = 0, least_ready_ = 1000;
};

TEST_F(ClusterTest, ANewPodIsReadyAfterItsStart) {
  cluster_.SetReplicas(10);
  RunFor(10);
  EXPECT_EQ(CountOf(PodState::kReady), 8);
  EXPECT_EQ(cluster_.scale(now_).status, 10);
  RunFor(45);
  EXPECT_EQ(CountOf(PodState::kReady), 10);
}

TEST_F(ClusterTest, WhoLeavesIsNotInTheStatusAndStaysReadyForAWhile) {
  cluster_.SetReplicas(6);
  RunFor(2);
  const Scale scale = cluster_.scale(now_);
  EXPECT_EQ(scale.status, 6);
  EXPECT_EQ(scale.ready, 8);
  RunFor(30);
  EXPECT_EQ(cluster_.scale(now_).ready, 6);
  EXPECT_EQ(cluster_.pods().size(), 6u);
}

TEST_F(ClusterTest, PodsThatAreNotReadyGoFirst) {
  cluster_.SetReplicas(10);
  RunFor(5);
  cluster_.SetReplicas(8);
  RunFor(1);
  EXPECT_EQ(CountOf(PodState::kReady), 8);
  EXPECT_EQ(CountOf(PodState::kLeaving), 2);
}

TEST_F(ClusterTest, ARolloutSurgesByAQuarterAndKeepsAllAvailable) {
  RunFor(1);
  cluster_.Rollout();
  RunFor(600);
  EXPECT_EQ(most_, 10);
  EXPECT_EQ(least_ready_, 8);
  EXPECT_EQ(cluster_.scale(now_).status, 8);
  for (const auto& pod : cluster_.pods()) EXPECT_EQ(pod->revision(), 2);
}

TEST_F(ClusterTest, StreamsOfAPodThatLeavesAreClosedOverItsDrain) {
  Traffic traffic;
  traffic.sessions = [](double) { return 400; };
  traffic.session_seconds = 1e9;
  Clients clients(traffic, 1, 2);
  clients.Begin(cluster_, std::vector<int>(8, 50));
  cluster_.SetReplicas(7);
  std::vector<std::size_t> left;
  for (; now_ < 60; ++now_) {
    cluster_.Tick(now_);
    clients.Tick(cluster_, now_, false);
    for (const auto& pod : cluster_.pods()) {
      if (pod->state() == PodState::kLeaving) left.push_back(pod->streams());
      if (pod->IsDone(now_ + 1)) pod->Gone();
    }
  }
  ASSERT_GT(left.size(), 15u);
  EXPECT_EQ(left[4], 50u) << "in the lame duck";
  EXPECT_GT(left[15], 10u);
  EXPECT_LT(left[15], 40u);
  EXPECT_EQ(left.back(), 0u);
  EXPECT_EQ(clients.cut_by_scale_in(), 50u);
  EXPECT_EQ(clients.streams(), 400u) << "all are back";
}

}  // namespace
}  // namespace mcp_vitals::closed_loop
