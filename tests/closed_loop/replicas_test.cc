#include "tests/closed_loop/replicas.h"

#include <gmock/gmock.h>

// The facts about the HPA's arithmetic that were seen in Kubernetes 1.35.
namespace mcp_vitals::closed_loop {
namespace {

constexpr Tolerance kNone{0, 0};

int Average(double value, double target, int status, Tolerance tolerance = {}) {
  return AverageValueReplicas({Milli(value)}, Milli(target), status, tolerance);
}

TEST(ReplicasTest, ATenthMoreOrLessChangesNothing) {
  EXPECT_EQ(Average(540, 50, 10), 10);
  EXPECT_EQ(Average(550, 50, 10), 10);
  EXPECT_EQ(Average(550.4, 50, 10), 12);
  EXPECT_EQ(Average(545, 50, 12), 12);
  EXPECT_EQ(Average(539, 50, 12), 11);
}

TEST(ReplicasTest, WithoutToleranceEveryStepCounts) {
  EXPECT_EQ(Average(500, 50, 10, kNone), 10);
  EXPECT_EQ(Average(501, 50, 10, kNone), 11);
}

TEST(ReplicasTest, BelowTenPodsOneMoreIsNotSwallowed) {
  EXPECT_EQ(Average(10, 1, 9), 10);
  EXPECT_EQ(Average(11, 1, 10), 10);
  EXPECT_EQ(Average(12, 1, 10), 12);
}

TEST(ReplicasTest, AnAverageValueDoesNotDependOnThePodsThereAre) {
  EXPECT_EQ(Average(120, 50.5, 1), 3);
  EXPECT_EQ(Average(120, 50.5, 30), 3);
}

TEST(ReplicasTest, ValuesOfOneMetricAddUp) {
  EXPECT_EQ(AverageValueReplicas({Milli(60), Milli(60)}, Milli(50), 1, {}), 3);
}

TEST(ReplicasTest, AValueMultipliesThePodsThatAreReady) {
  EXPECT_EQ(ValueReplicas({Milli(2)}, Milli(1), 5, 5, {}), 10);
  EXPECT_EQ(ValueReplicas({Milli(2)}, Milli(1), 10, 10, {}), 20) << "and again at the next sync";
  EXPECT_EQ(ValueReplicas({Milli(1.1)}, Milli(1), 5, 7, {}), 5);
  EXPECT_EQ(ValueReplicas({Milli(1.2)}, Milli(1), 5, 9, {}), 11) << "those that leave count too";
}

TEST(ReplicasTest, AnAverageOverPodsNeverGoesFar) {
  // avg() is divided by the replicas already, and AverageValue divides once more.
  int pods = 2;
  for (int sync = 0; sync < 50; ++sync) pods = Average(500.0 / pods, 50, pods);
  EXPECT_LE(pods, 5);
}

PodCpu Uses(std::optional<int> millicores) {
  PodCpu pod;
  if (millicores) pod.usage = *millicores;
  pod.request = 1000;
  return pod;
}

TEST(ReplicasTest, CpuIsAShareOfWhatIsRequested) {
  EXPECT_EQ(UtilizationReplicas({Uses(900), Uses(900)}, 60, 2, {}), 3);
  EXPECT_EQ(UtilizationReplicas({Uses(640), Uses(640)}, 60, 2, {}), 2);
  EXPECT_EQ(UtilizationReplicas({Uses(100), Uses(100), Uses(100)}, 60, 3, {}), 1);
}

TEST(ReplicasTest, APodThatIsNotReadyYetDampsTheWayUp) {
  PodCpu young = Uses(1000);
  young.is_unready = true;
  EXPECT_EQ(UtilizationReplicas({Uses(900), Uses(900), young}, 60, 3, {}), 3);
}

TEST(ReplicasTest, APodWithoutAMetricIsTakenForBusyOnTheWayDown) {
  EXPECT_EQ(UtilizationReplicas({Uses(100), Uses(100), Uses({})}, 60, 3, {}), 2);
  EXPECT_EQ(UtilizationReplicas({Uses({})}, 60, 1, {}), std::nullopt);
}

}  // namespace
}  // namespace mcp_vitals::closed_loop
