#include <gmock/gmock.h>

#include "tests/closed_loop/contestant.h"
#include "tests/closed_loop/run.h"

// Shortened: `make closed-loop` runs all scenarios at their full length.
namespace mcp_vitals::closed_loop {
namespace {

Scenario Named(const std::string& name, int seconds) {
  for (Scenario& scenario : AllScenarios()) {
    if (scenario.name != name) continue;
    scenario.seconds = seconds;
    return std::move(scenario);
  }
  ADD_FAILURE() << "no scenario " << name;
  return {};
}

Contestant Named(const std::string& name) {
  for (Contestant& contestant : AllContestants()) {
    if (contestant.name == name) return std::move(contestant);
  }
  ADD_FAILURE() << "no contestant " << name;
  return {};
}

TEST(ClosedLoopTest, TheSameSeedGivesTheSameOutcome) {
  const Scenario scenario = Named("burst", 2400);
  const Outcome one = Simulate(scenario, Ours(), 5), other = Simulate(scenario, Ours(), 5);
  EXPECT_EQ(one.calls, other.calls);
  EXPECT_EQ(one.pod_hours, other.pod_hours);
  EXPECT_EQ(one.minutes_over, other.minutes_over);
}

TEST(ClosedLoopTest, TrafficDoesNotDependOnWhoScales) {
  const Scenario scenario = Named("deploy", 1200);
  const Outcome one = Simulate(scenario, Ours(), 1), other = Simulate(scenario, Named("cpu-60"), 1);
  EXPECT_EQ(one.calls, other.calls);
}

TEST(ClosedLoopTest, ConstantLoadMakesNoLimitCycle) {
  const Outcome outcome = Simulate(Named("limit-cycle", 3600), Ours(), 1);
  EXPECT_LE(outcome.turns, 1);
  EXPECT_EQ(outcome.minutes_over, 0);
}

TEST(ClosedLoopTest, ASlowDependencyDoesNotRunAway) {
  EXPECT_LE(Simulate(Named("runaway", 5400), Ours(), 1).most, 13);
  EXPECT_EQ(Simulate(Named("runaway", 5400), Named("latency-value"), 1).most, 40);
}

TEST(ClosedLoopTest, ARolloutIsNoReasonToGrow) {
  EXPECT_LE(Simulate(Named("rollout-ratchet", 3600), Ours(), 1).most, 9);
}

TEST(ClosedLoopTest, StreamsThatDrainStillCount) {
  EXPECT_GE(Simulate(Named("draining-not-counted", 3600), Ours(), 1).least, 6);
}

TEST(ClosedLoopTest, IdleStreamsAreNoIdlePods) {
  const Scenario scenario = Named("idle-streams", 1800);
  EXPECT_GE(Simulate(scenario, Ours(), 1).least, 9);
  EXPECT_LE(Simulate(scenario, Named("cpu-60"), 1).least, 2);
}

}  // namespace
}  // namespace mcp_vitals::closed_loop
