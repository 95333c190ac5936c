#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "tests/closed_loop/scenario.h"

namespace mcp_vitals::closed_loop {

namespace {

constexpr int kMinute = 60, kHour = 3600;
// Calls a second that keep one pod busy all the time.
constexpr double kPodRate = 4 / kMeanDemand;
// Of one session: 50 of them take two thirds of a pod, which is what 50 streams a pod stand for.
constexpr double kCallRate = 0.2;

Curve Always(double value) {
  return [value](double) { return value; };
}
// `before` until `at`, then in a line to `after`, which is reached `within` seconds later.
Curve Step(double before, double after, double at, double within = 1) {
  return [=](double now) {
    return before + (after - before) * std::clamp((now - at) / within, 0.0, 1.0);
  };
}
// `inside` from `from` to `to`.
Curve Between(double outside, double inside, double from, double to) {
  return [=](double now) { return now >= from && now < to ? inside : outside; };
}

// Everything at rest: no clients at all.
Scenario Named(std::string name, std::string what, int seconds, int replicas) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.what = std::move(what);
  scenario.seconds = seconds;
  scenario.replicas = replicas;
  Traffic& traffic = scenario.traffic;
  traffic.sessions = traffic.calls_per_session = traffic.stateless = Always(0);
  traffic.dependency = traffic.slow_share = Always(0);
  return scenario;
}

Scenario WithSessions(Scenario scenario, Curve sessions, double seconds = 1800,
                      double calls = kCallRate) {
  scenario.traffic.sessions = std::move(sessions);
  scenario.traffic.session_seconds = seconds;
  scenario.traffic.calls_per_session = Always(calls);
  return scenario;
}

// In units of what one pod can do.
Scenario WithLoad(Scenario scenario, const Curve& pods) {
  scenario.traffic.stateless = [pods](double now) { return pods(now) * kPodRate; };
  return scenario;
}

Scenario DailyWave() {
  const auto wave = [](double now) {
    const double turn = 2 * std::numbers::pi * now / (8 * kHour);
    return 550 - 450 * std::cos(turn);
  };
  return WithSessions(Named("daily-wave",
                            "A day in eight hours, three times as steep as life: 100 to 1,000 "
                            "sessions and back; each calls a tool every five seconds.",
                            8 * kHour, 2),
                      wave);
}

Scenario Burst() {
  const auto burst = [](double now) {
    return 200 + Step(0, 600, 30 * kMinute, kMinute)(now) -
           Step(0, 600, 60 * kMinute, 10 * kMinute)(now);
  };
  return WithSessions(Named("burst",
                            "200 sessions; 600 more come within a minute, and leave half an hour "
                            "later within ten.",
                            2 * kHour, 5),
                      burst);
}

Scenario SlowRamp() {
  return WithSessions(Named("slow-ramp", "100 sessions become 1,000 in four hours.", 5 * kHour, 3),
                      Step(100, 1000, 30 * kMinute, 4 * kHour));
}

Scenario ReconnectStorm() {
  Scenario scenario = WithSessions(
      Named("reconnect-storm",
            "500 sessions; the gateway restarts twice: all streams break, and nothing reaches a "
            "pod for a minute, then for three.",
            2 * kHour, 10),
      Always(500), 3600);
  scenario.events = {{40 * kMinute, Event::Kind::kGatewayRestart, 60},
                     {80 * kMinute, Event::Kind::kGatewayRestart, 180}};
  return scenario;
}

Scenario Deploy() {
  Scenario scenario = WithSessions(
      Named("deploy", "500 sessions; a rollout with a surge of a quarter, twice.", 2 * kHour, 10),
      Always(500), 3600);
  scenario.events = {{30 * kMinute, Event::Kind::kRollout, 0},
                     {75 * kMinute, Event::Kind::kRollout, 0}};
  return scenario;
}

Scenario OneHotPod() {
  Scenario scenario = WithSessions(
      Named("one-hot-pod",
            "400 sessions on 8 pods; from the 20th minute on one pod has a third of its speed "
            "(a noisy neighbour).",
            2 * kHour, 8),
      Always(400), 3600);
  scenario.traffic.sticky = 1;
  scenario.events = {{20 * kMinute, Event::Kind::kPodSpeed, 1.0 / 3}};
  return scenario;
}

Scenario SlowDependency() {
  Scenario scenario = WithSessions(
      Named("slow-dependency",
            "400 sessions; for 40 minutes every call waits 3 s for a database that all pods share.",
            3 * kHour, 8),
      Always(400), 3600);
  scenario.traffic.dependency = Between(0, 3, 40 * kMinute, 80 * kMinute);
  return scenario;
}

Scenario SlowTool() {
  Scenario scenario = WithLoad(
      Named("slow-tool",
            "Calls without streams that keep 3.5 pods busy; from the 30th minute on 6 % of them go "
            "to a tool that takes 30 s and little work.",
            3 * kHour, 5),
      Always(3.5));
  scenario.traffic.slow_share = Step(0, 0.06, 30 * kMinute);
  return scenario;
}

Scenario IdleStreams() {
  return WithSessions(Named("idle-streams",
                            "500 sessions that hold their streams for hours and hardly call: a "
                            "call each five minutes.",
                            3 * kHour, 10),
                      Always(500), 4 * kHour, 1.0 / 300);
}

Scenario LimitCycle() {
  return WithLoad(
      Named("limit-cycle", "Constant calls: 4 pods bear them with ease, 3 do not.", 4 * kHour, 4),
      Always(2.9));
}

Scenario StuckHigh() {
  return WithLoad(Named("stuck-high", "20 pods; calls that kept 16 of them busy come down to 4.",
                        3 * kHour, 20),
                  Step(16, 4, 20 * kMinute));
}

Scenario StuckLow() {
  Scenario scenario = WithLoad(
      Named("stuck-low", "40 pods; calls that kept 30 of them busy rise to 60.", 2 * kHour, 40),
      Step(30, 60, 20 * kMinute));
  scenario.max = 100;
  return scenario;
}

Scenario Runaway() {
  Scenario scenario = WithLoad(
      Named("runaway",
            "Calls that keep 3.5 pods busy; for an hour and a half each waits 3 s for a database "
            "that all pods share.",
            4 * kHour, 5),
      Always(3.5));
  scenario.traffic.dependency = Between(0, 3, 20 * kMinute, 110 * kMinute);
  return scenario;
}

Scenario DrainingNotCounted() {
  Scenario scenario = WithSessions(
      Named("draining-not-counted",
            "300 lasting streams on 10 pods, of which 6 are enough; a quiet call each minute.",
            2 * kHour, 10),
      Always(300), 8 * kHour, 1.0 / 60);
  scenario.layout = std::vector<int>(10, 30);
  return scenario;
}

Scenario HotPodStreams() {
  Scenario scenario =
      WithSessions(Named("hot-pod-streams",
                         "170 lasting streams on 4 pods, 140 of them on one, whose calls go where "
                         "their stream is.",
                         2 * kHour, 4),
                   Always(170), 2 * kHour);
  scenario.traffic.sticky = 1;
  scenario.layout = {140, 10, 10, 10};
  return scenario;
}

Scenario RolloutRatchet() {
  Scenario scenario =
      WithSessions(Named("rollout-ratchet",
                         "360 lasting streams on 8 pods; a rollout with a surge of a quarter each "
                         "twenty minutes, six times.",
                         3 * kHour, 8),
                   Always(360), 4 * kHour, 1.0 / 20);
  for (int i = 1; i <= 6; ++i)
    scenario.events.push_back({i * 20 * kMinute, Event::Kind::kRollout, 0});
  return scenario;
}

}  // namespace

std::vector<Scenario> AllScenarios() {
  return {DailyWave(),     Burst(),          SlowRamp(), ReconnectStorm(),     Deploy(),
          OneHotPod(),     SlowDependency(), SlowTool(), IdleStreams(),        LimitCycle(),
          StuckHigh(),     StuckLow(),       Runaway(),  DrainingNotCounted(), HotPodStreams(),
          RolloutRatchet()};
}

}  // namespace mcp_vitals::closed_loop
