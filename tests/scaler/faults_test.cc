// Each fault of a fleet, and what the scaler answers: none may lead to a smaller fleet, or to "not
// active".
#include <gmock/gmock.h>

#include "tests/scaler/small_fleet.h"

namespace mcp_vitals::scaler {
namespace {

constexpr double kBlind = -1;

class FaultsTest : public testing::Test {
 protected:
  FaultsTest() {
    for (int i = 0; i < 4; ++i) fleet_.Add("pod" + std::to_string(i), 20);
    fleet_.Pass(1);
    Ask();
    fleet_.Pass(400);
  }
  // 80 streams at 10 each: 8 pods.
  void Ask() {
    EXPECT_EQ(Value(fleet_.board->Ask(load_)), 8);
    EXPECT_EQ(Value(fleet_.board->Ask(connections_)), 80);
  }
  double Load() { return Value(fleet_.board->Ask(load_)); }
  double Connections() { return Value(fleet_.board->Ask(connections_)); }
  // For ten minutes, nothing is answered that is less than before, or "not active".
  void ExpectNothingSmaller() {
    for (int second = 0; second < 600; ++second) {
      fleet_.Pass(1);
      for (const Policy* policy : {&load_, &connections_}) {
        const auto answer = fleet_.board->Ask(*policy);
        const auto* verdict = std::get_if<Verdict>(&answer);
        if (verdict == nullptr) continue;
        ASSERT_TRUE(verdict->active) << second;
        ASSERT_GE(verdict->value, policy == &load_ ? 8 : 80) << second;
      }
    }
  }

  SmallFleet fleet_;
  const Policy load_ = SmallFleet::Asking(Metric::kLoad);
  const Policy connections_ = SmallFleet::Asking(Metric::kConnections);
};

TEST_F(FaultsTest, OneMemberIsSilent) {
  fleet_.pods["pod0"].answers = false;
  ExpectNothingSmaller();
  EXPECT_EQ(Load(), 8);
}

TEST_F(FaultsTest, OneMemberIsSilentAndTheOthersLoseTheirStreams) {
  fleet_.pods["pod0"].answers = false;
  for (int i = 1; i < 4; ++i) fleet_.pods["pod" + std::to_string(i)].streams = 0;
  ExpectNothingSmaller();
  EXPECT_EQ(Connections(), 80);
}

TEST_F(FaultsTest, PartlySeenTheFleetMayGrow) {
  fleet_.pods["pod0"].answers = false;
  fleet_.pods["pod1"].streams = 100;
  fleet_.Pass(1);
  EXPECT_EQ(Connections(), 160);
  EXPECT_EQ(Load(), 16);
}

TEST_F(FaultsTest, MostAreSilent) {
  for (int i = 0; i < 3; ++i) fleet_.pods["pod" + std::to_string(i)].answers = false;
  ExpectNothingSmaller();
  EXPECT_EQ(Connections(), 80);  // twice as many pods as there are: that much is known
}

TEST_F(FaultsTest, MostAreSilentAndNoMorePodsAreNeeded) {
  for (auto& [address, pod] : fleet_.pods) pod.streams = 10;
  fleet_.Pass(4000);
  ASSERT_EQ(Load(), 4);
  for (int i = 0; i < 3; ++i) fleet_.pods["pod" + std::to_string(i)].answers = false;
  fleet_.Pass(30);
  EXPECT_EQ(Load(), 4);
  fleet_.Pass(60);
  EXPECT_EQ(Load(), kBlind);
  EXPECT_EQ(Connections(), kBlind);
}

TEST_F(FaultsTest, AllAreSilent) {
  for (auto& [address, pod] : fleet_.pods) pod.answers = false;
  ExpectNothingSmaller();
  EXPECT_EQ(Load(), kBlind);
  const auto answer = fleet_.board->Ask(load_);
  EXPECT_THAT(std::get<Blind>(answer).why, testing::HasSubstr("none of the fleet's 4 members"));
}

TEST_F(FaultsTest, AllWereSilentAndComeBackWithoutStreams) {
  for (auto& [address, pod] : fleet_.pods) pod.answers = false;
  fleet_.Pass(900);
  for (auto& [address, pod] : fleet_.pods) {
    pod.answers = true;
    pod.streams = 0;
  }
  fleet_.Pass(299);
  for (const Policy* policy : {&load_, &connections_}) {
    EXPECT_TRUE(std::get<Verdict>(fleet_.board->Ask(*policy)).active);
  }
  fleet_.Pass(400);
  EXPECT_FALSE(std::get<Verdict>(fleet_.board->Ask(connections_)).active);
}

// "Not active" takes the pods away: that they are not heard any more brings nobody back.
TEST_F(FaultsTest, AnIdleFleetThatEndsStaysNotActive) {
  for (auto& [address, pod] : fleet_.pods) pod.streams = 0;
  fleet_.Pass(1000);
  fleet_.pods["pod0"].answers = false;
  for (int second = 0; second < 100; ++second) {
    fleet_.Pass(1);
    for (const Policy* policy : {&load_, &connections_}) {
      ASSERT_FALSE(std::get<Verdict>(fleet_.board->Ask(*policy)).active) << second;
    }
  }
}

TEST_F(FaultsTest, AScalerThatStartsAlonePartlySeeingAsksForNoFewerPodsThanThereAre) {
  for (auto& [address, pod] : fleet_.pods) {
    pod.boot += 1000;
    pod.said = {};
    pod.streams = 1;
    pod.answers = address != "pod0";
  }
  SmallFleet started(5);
  started.pods = fleet_.pods;
  started.Pass(1);
  for (int second = 0; second < 600; ++second) {
    ASSERT_GE(Value(started.board->Ask(connections_)), 40) << second;
    ASSERT_GE(Value(started.board->Ask(load_)), 4) << second;
    started.Pass(1);
  }
}

// KEDA's fallback, or somebody's hand, has made the fleet larger meanwhile.
TEST_F(FaultsTest, WhoSeesAgainGoesOnFromThePodsThatThereAre) {
  for (auto& [address, pod] : fleet_.pods) pod.answers = false;
  fleet_.Pass(100);
  ASSERT_EQ(Load(), kBlind);
  for (auto& [address, pod] : fleet_.pods) {
    pod.answers = true;
    pod.streams = 1;
  }
  for (int i = 4; i < 20; ++i) fleet_.Add("pod" + std::to_string(i), 1);
  fleet_.Pass(2);
  for (int second = 0; second < 50; ++second) {
    ASSERT_GE(Load(), 20);
    ASSERT_GE(Connections(), 200);
    fleet_.Pass(1);
  }
}

TEST_F(FaultsTest, AnEchoOfFewerPodsThanThereAreShrinksNothing) {
  FleetState left{77, 5, {}};
  left.triggers[KeyOf(load_)] = TriggerState{};
  left.triggers[KeyOf(connections_)] = TriggerState{};
  fleet_.RestartScaler(2);
  fleet_.Pass(1);
  vitals::Snapshot said = fleet_.pods["pod0"].said;
  said.sequence = ++fleet_.pods["pod0"].said.sequence;
  said.echo = EncodeState(left, fleet_.now);
  for (auto& [address, pod] : fleet_.pods) pod.streams = 1;
  fleet_.board->Heard("f", "pod0", said, fleet_.now);
  for (int second = 0; second < 50; ++second) {
    ASSERT_GE(Load(), 4);
    ASSERT_GE(Connections(), 40);
    fleet_.Pass(1);
  }
}

TEST_F(FaultsTest, AStateSaysNothingOfATriggerThatHasNotDecided) {
  fleet_.RestartScaler(2);
  for (auto& [address, pod] : fleet_.pods) pod.answers = false;
  fleet_.Pass(1);
  EXPECT_EQ(Load(), kBlind);
  EXPECT_EQ(fleet_.board->State("f"), "");
}

TEST_F(FaultsTest, TheListOfMembersIsEmpty) {
  fleet_.is_listed = false;
  fleet_.board->SetMembers("f", {}, fleet_.now);
  ExpectNothingSmaller();
  EXPECT_EQ(Load(), 8);
}

TEST_F(FaultsTest, TheListIsNotToBeHadAndStreamsGo) {
  fleet_.is_listed = false;
  fleet_.Pass(31);
  for (auto& [address, pod] : fleet_.pods) pod.streams = 0;
  ExpectNothingSmaller();
}

TEST_F(FaultsTest, HalfVanishFromTheListButAnswer) {
  fleet_.is_listed = false;
  for (int second = 0; second < 600; ++second) {
    fleet_.board->SetMembers("f", {"pod0", "pod1"}, fleet_.now);
    fleet_.Pass(1);
  }
  EXPECT_EQ(Connections(), 80);
  EXPECT_EQ(Load(), 8);
}

TEST_F(FaultsTest, AMemberRestartsWithLowerCounters) {
  SmallFleet::Pod& pod = fleet_.pods["pod0"];
  pod.boot = 999;
  pod.said = {};
  ExpectNothingSmaller();
  EXPECT_EQ(Connections(), 80);
}

TEST_F(FaultsTest, AMemberRepeatsAnOldSnapshot) {
  vitals::Snapshot old = fleet_.pods["pod0"].said;
  fleet_.pods["pod0"].answers = false;
  for (int second = 0; second < 100; ++second) {
    fleet_.Pass(1);
    fleet_.board->Heard("f", "pod0", old, fleet_.now);
  }
  EXPECT_EQ(Connections(), 80);
  EXPECT_EQ(fleet_.board->Report().at(0).facts.silent, 1u);
}

TEST_F(FaultsTest, TwoMembersClaimOneIdentity) {
  for (auto& [address, pod] : fleet_.pods) pod.said.identity.pod_uid = "uid-of-" + address;
  fleet_.Pass(10);
  fleet_.pods["pod1"].said.identity.pod_uid = "uid-of-pod0";
  fleet_.pods["pod1"].boot = 999;
  fleet_.pods["pod1"].streams = 0;
  ExpectNothingSmaller();
  EXPECT_EQ(fleet_.board->Report().at(0).facts.refused, 2u);
}

TEST_F(FaultsTest, TheScalerRestartsAndGoesOnWhereItStood) {
  for (auto& [address, pod] : fleet_.pods) pod.streams = 2;
  fleet_.Pass(100);
  ASSERT_EQ(Load(), 8);  // three would do, for not yet five minutes
  fleet_.RestartScaler(2);
  EXPECT_EQ(Load(), kBlind);
  fleet_.Pass(1);
  EXPECT_EQ(Load(), 8);
  fleet_.Pass(290);
  EXPECT_EQ(Load(), 8);
  fleet_.Pass(120);
  EXPECT_EQ(Load(), 3);
}

TEST_F(FaultsTest, TheScalerRestartsWhileTheFleetIsIdle) {
  for (auto& [address, pod] : fleet_.pods) pod.streams = 0;
  fleet_.Pass(1000);
  ASSERT_FALSE(std::get<Verdict>(fleet_.board->Ask(load_)).active);
  fleet_.RestartScaler(2);
  fleet_.Pass(1);
  for (int second = 0; second < 298; ++second) {
    fleet_.Pass(1);
    ASSERT_TRUE(std::get<Verdict>(fleet_.board->Ask(load_)).active) << second;
  }
  fleet_.Pass(120);
  EXPECT_FALSE(std::get<Verdict>(fleet_.board->Ask(load_)).active);
}

TEST_F(FaultsTest, TwoScalersRunByMistake) {
  // The other one sees but one pod, and asks for less.
  for (auto& [address, pod] : fleet_.pods) pod.streams = 5;
  FleetState other{77, 1'000'000, {}};
  TriggerState more;
  more.pods = 12;
  more.value = 120;
  other.triggers[KeyOf(load_)] = more;
  other.triggers[KeyOf(connections_)] = more;
  for (int second = 0; second < 600; ++second) {
    vitals::Snapshot said = fleet_.pods["pod0"].said;
    said.sequence += 1;
    fleet_.pods["pod0"].said.sequence += 1;
    ++other.sequence;
    said.echo = EncodeState(other, fleet_.now);
    fleet_.board->Heard("f", "pod0", said, fleet_.now);
    fleet_.Pass(1);
    ASSERT_GE(Load(), 8);
    ASSERT_GE(Connections(), 80);
  }
}

TEST_F(FaultsTest, ARolloutWithSurgeIsNoRatchet) {
  // A pod comes, another drains and goes, four times: the streams move.
  for (int step = 0; step < 4; ++step) {
    const std::string old = "pod" + std::to_string(step);
    fleet_.Add("new" + std::to_string(step)).state = vitals::MemberState::kStarting;
    fleet_.Pass(20);
    fleet_.pods["new" + std::to_string(step)].state = vitals::MemberState::kServing;
    fleet_.pods[old].state = vitals::MemberState::kDraining;
    for (int second = 0; second < 20; ++second) {
      --fleet_.pods[old].streams;
      ++fleet_.pods["new" + std::to_string(step)].streams;
      fleet_.Pass(1);
      ASSERT_EQ(Connections(), 80);
      ASSERT_EQ(Load(), 8);
    }
    fleet_.pods.erase(old);
    fleet_.Pass(20);
  }
  ExpectNothingSmaller();
  EXPECT_EQ(Load(), 8);
  EXPECT_EQ(Connections(), 80);
}

TEST_F(FaultsTest, TooManyTriggersAreRefusedInWords) {
  for (int i = 0; i < 62; ++i) {
    Policy policy = load_;
    policy.connections_per_pod = 100 + i;
    EXPECT_NE(Value(fleet_.board->Ask(policy)), kBlind);
  }
  Policy policy = load_;
  policy.connections_per_pod = 1000;
  EXPECT_THAT(std::get<Blind>(fleet_.board->Ask(policy)).why, testing::HasSubstr("64 triggers"));
}

}  // namespace
}  // namespace mcp_vitals::scaler
