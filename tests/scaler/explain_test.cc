#include "scaler/explain.h"

#include <gmock/gmock.h>

// What is said of a decision, rule by rule and doubt by doubt.
namespace mcp_vitals::scaler {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ExplainTest : public testing::Test {
 protected:
  // 428 streams on ten pods, all of which answer.
  ExplainTest() {
    policy_.fleet = "f";
    last_.facts.expected = last_.facts.fresh = last_.facts.serving = 10;
    last_.facts.list_age = seconds(2);
    last_.seen = 10;
    last_.streams = 428;
    last_.in_flight = 7.5;
    last_.by_streams = 9;
    last_.by_latency = 8;
    last_.pods = 9;
    last_.rule = Rule::kStreams;
    last_.answer = Verdict{9, true};
    last_.latency.calls = 1240;
    last_.latency.share = 0.016;
    last_.latency.error = 0.01;
    last_.latency.is_enough = true;
    last_.latency.load = 8;
  }
  Explanation Told() const { return Explain(policy_, last_); }
  void Sum(Metric metric, double per_pod, double value) {
    policy_.metric = metric;
    (metric == Metric::kConnections ? policy_.connections_per_pod
                                    : policy_.concurrency_per_pod.emplace()) = per_pod;
    last_.answer = Verdict{value, true};
  }
  void BlindFor(const std::string& why) {
    last_.rule = Rule::kBlind;
    last_.answer = Blind{why};
  }

  Policy policy_;
  Decision last_;
};

TEST_F(ExplainTest, LoadSaysWhatEachPartAsksForAndWhichIsTheMost) {
  policy_.concurrency_per_pod = 5;
  last_.by_concurrency = 2;
  const Explanation told = Told();
  EXPECT_EQ(told.answer, "KEDA is told 9 pods. Active.");
  EXPECT_THAT(told.inputs, Contains("10 members: 10 answer. Pods: 10 serving."));
  EXPECT_THAT(told.inputs, Contains("428 streams (get, listen and sse; the most of the last "
                                    "minute) ask for 9 pods, 50 each."));
  EXPECT_THAT(told.inputs, Contains(HasSubstr("7.5 operations in flight")));
  EXPECT_THAT(told.inputs, Contains(HasSubstr("ask for 2 pods, 5 each.")));
  EXPECT_THAT(told.inputs, Contains("1.6 % of the last 1240 calls took longer than 2 s; 5 % may."));
  EXPECT_THAT(told.inputs, Contains(HasSubstr("Latency asks for 8 pods")));
  EXPECT_THAT(told.why, testing::ElementsAre("The streams ask for the most."));
}

TEST_F(ExplainTest, SaysHowManyStreamsMoreOrFewerWouldChangeIt) {
  EXPECT_THAT(Told().changes, Contains("23 more streams ask for one more pod."));
  EXPECT_THAT(Told().changes, Contains(HasSubstr("28 streams fewer for five minutes")));
  policy_.buffer = 20;
  EXPECT_THAT(Told().changes, Contains("3 more streams ask for one more pod."));
}

TEST_F(ExplainTest, ConnectionsAreASumThatTheHpaDivides) {
  Sum(Metric::kConnections, 50, 428);
  const Explanation told = Told();
  EXPECT_EQ(told.answer, "KEDA is told 428 streams, 50 to a pod: 9 pods. Active.");
  EXPECT_THAT(told.hpa, HasSubstr("goes down to 9 pods (428/50, rounded up)"));
  EXPECT_THAT(told.why, Contains("The streams alone count."));
  EXPECT_THAT(told.changes, Contains("123 more streams make the HPA go up."))
      << "beyond its tolerance: more than 550";
  EXPECT_THAT(told.changes, Not(Contains(HasSubstr("it goes down")))) << "it does";
  EXPECT_THAT(told.inputs, Not(Contains(HasSubstr("atency"))));
}

TEST_F(ExplainTest, ConcurrencyIsASumThatTheHpaDivides) {
  Sum(Metric::kConcurrency, 4, 60.5);
  last_.rule = Rule::kConcurrency;
  last_.pods = 16;
  const Explanation told = Told();
  EXPECT_EQ(told.answer, "KEDA is told 60.5 operations in flight, 4 to a pod: 16 pods. Active.");
  EXPECT_THAT(told.hpa, HasSubstr("goes up to 16 pods (60.5/4, rounded up)"));
  EXPECT_THAT(told.why, Contains("The operations in flight alone count."));
  EXPECT_THAT(told.changes, Not(Contains(HasSubstr("go up")))) << "it does";
  EXPECT_THAT(told.changes, Contains("With fewer than 36 operations in flight it goes down."));
}

TEST_F(ExplainTest, WithinTheToleranceTheHpaChangesNothing) {
  last_.answer = Verdict{11, true};
  EXPECT_EQ(
      Told().hpa,
      "With the 10 pods that are seen, the HPA changes nothing: 11/1 is within 10 % of them.");
  policy_.hpa_tolerance = 0;
  EXPECT_THAT(Told().hpa, HasSubstr("goes up to 11 pods"));
}

TEST_F(ExplainTest, SaysWhyMoreIsToldThanIsMeant) {
  last_.pods = 11;
  last_.answer = Verdict{12, true};
  last_.is_raised = true;
  EXPECT_THAT(Told().answer, HasSubstr("12 pods where 11 pods are meant"));
}

TEST_F(ExplainTest, IdleIsNotActiveAndSaysWhatWouldMakeItSo) {
  last_.rule = Rule::kIdle;
  last_.pods = 0;
  last_.answer = Verdict{0, false};
  const Explanation told = Told();
  EXPECT_THAT(told.answer, HasSubstr("0 pods. Not active: KEDA may take the fleet to zero"));
  EXPECT_THAT(told.why, Contains(HasSubstr("no more than 0 streams and operations")));
  EXPECT_THAT(told.changes,
              Contains("It is active when there are more than 0 streams and operations."));
  last_.seen = 0;
  EXPECT_EQ(Told().hpa, "There are no pods, and KEDA starts none.");
}

TEST_F(ExplainTest, SaysWhyItIsActiveWithNothingToDo) {
  last_.rule = Rule::kIdle;
  last_.pods = 0;
  last_.answer = Verdict{0, true};
  last_.is_held_active = true;
  EXPECT_THAT(Told().answer, HasSubstr("is not said within 5 min of a start or of blindness"));
  last_.doubts.silent = true;
  EXPECT_THAT(Told().answer, HasSubstr("not all is seen"));
}

TEST_F(ExplainTest, TheWindowWaitsFiveMinutes) {
  last_.rule = Rule::kWindow;
  last_.pods = 12;
  EXPECT_THAT(Told().why, Contains("9 pods would do now, but not yet for five minutes."));
  EXPECT_THAT(Told().changes, Contains(HasSubstr("have been enough for five minutes")));
}

TEST_F(ExplainTest, BlindForWantOfAPartSaysSo) {
  last_.facts.is_partial = true;
  last_.facts.trouble = "in_flight: no answer";
  BlindFor("not all that a decision needs is known (in_flight: no answer)");
  EXPECT_THAT(Told().changes, Contains("All that is asked of the fleet must be known (in_flight: "
                                       "no answer)."));
}

TEST_F(ExplainTest, TheWindowWaitsToGoToNoneToo) {
  last_.rule = Rule::kWindow;
  last_.streams = last_.in_flight = 0;
  EXPECT_THAT(Told().why, Contains("0 pods would do now, but not yet for five minutes."));
}

TEST_F(ExplainTest, RoomSaysHowFullPodsMayBeAndHowManyStreamsFewerWouldDo) {
  last_.rule = Rule::kRoom;
  last_.pods = 12;
  last_.streams = 170;  // eleven pods of 50, 30 % full, hold 165
  EXPECT_THAT(Told().why, Contains(HasSubstr("no more than 30 % full, or after an hour")));
  EXPECT_THAT(Told().changes, Contains(HasSubstr("5 streams fewer would ask for one pod less")));
}

TEST_F(ExplainTest, StreamsOfNoKnownKindAreSaidToBeThere) {
  last_.facts.unsorted_streams = 3;
  EXPECT_THAT(Told().inputs, Contains(HasSubstr("(get, listen, sse and those that nobody sorts;")));
}

TEST_F(ExplainTest, BlindIsAnErrorWithItsReasonAndNoNumbers) {
  last_.facts = FleetFacts();
  last_.facts.expected = last_.facts.silent = 12;
  last_.facts.streams[static_cast<std::size_t>(vitals::StreamKind::kSse)] = 300;
  last_.facts.trouble = "10.0.0.7:9788: timeout";
  last_.streams = 0;
  BlindFor("none of the fleet's 12 members answers (10.0.0.7:9788: timeout)");
  const Explanation told = Told();
  EXPECT_EQ(told.answer,
            "KEDA is told nothing (UNAVAILABLE): none of the fleet's 12 members answers "
            "(10.0.0.7:9788: timeout).");
  EXPECT_THAT(told.inputs, Contains("12 members: 0 answer, 12 silent. Pods: 0 serving."));
  EXPECT_THAT(told.inputs, Contains(HasSubstr("As last heard: 300 streams")));
  EXPECT_THAT(told.hpa,
              HasSubstr("leave the fleet as it is, unless the ScaledObject has a fallback"));
  EXPECT_THAT(
      told.changes,
      testing::ElementsAre("At least half of the members must answer (10.0.0.7:9788: timeout)."));
}

TEST_F(ExplainTest, WithoutMembersAListMustBeHad) {
  last_ = Decision();
  BlindFor("no members of the fleet are known");
  EXPECT_THAT(Told().changes, testing::ElementsAre("A list of members must be had."));
}

struct DoubtCase {
  const char* name;
  void (*set)(Decision& last);
  const char* why;
  const char* change;
  friend void PrintTo(const DoubtCase& c, std::ostream* out) { *out << c.name; }
};

class ExplainDoubtTest : public ExplainTest, public testing::WithParamInterface<DoubtCase> {};

TEST_P(ExplainDoubtTest, IsSaidWithWhatEndsIt) {
  last_.rule = Rule::kHeld;
  last_.pods = 12;
  last_.facts.trouble = "a:1: refused";
  GetParam().set(last_);
  const Explanation told = Told();
  EXPECT_THAT(told.why, Contains(HasSubstr("it stays at what was told last")));
  EXPECT_THAT(told.why, Contains(HasSubstr(GetParam().why)));
  EXPECT_THAT(told.why, Contains("While that is so, no fewer pods are asked for."));
  EXPECT_THAT(told.changes, Contains(HasSubstr(GetParam().change)));
}

INSTANTIATE_TEST_SUITE_P(
    Each, ExplainDoubtTest,
    testing::Values(DoubtCase{"too soon", [](Decision& last) { last.doubts.too_soon = true; },
                              "less than a minute ago", "a minute must pass without blindness"},
                    DoubtCase{"silent",
                              [](Decision& last) {
                                last.doubts.silent = true;
                                last.facts.silent = 2;
                              },
                              "2 members are silent, and count as last heard", "(a:1: refused)"},
                    DoubtCase{"unheard",
                              [](Decision& last) {
                                last.doubts.unheard = true;
                                last.facts.unheard = 1;
                              },
                              "1 member was never heard", "all must be seen first"},
                    DoubtCase{"refused",
                              [](Decision& last) {
                                last.doubts.refused = true;
                                last.facts.refused = 1;
                              },
                              "1 member claims to be a pod that is heard elsewhere",
                              "all must be seen first"},
                    DoubtCase{"old list",
                              [](Decision& last) {
                                last.doubts.list_old = true;
                                last.facts.list_age = seconds(45);
                              },
                              "The list of members is 45 s old", "all must be seen first"},
                    DoubtCase{"partial", [](Decision& last) { last.doubts.partial = true; },
                              "Not all that is asked of the fleet", "all must be seen first"},
                    DoubtCase{"rival", [](Decision& last) { last.doubts.rival = true; },
                              "Another scaler answers for this fleet",
                              "the other scaler must ask for fewer"}),
    [](const auto& each) {
      std::string name = each.param.name;
      std::replace(name.begin(), name.end(), ' ', '_');
      return name;
    });

TEST_F(ExplainTest, WithoutDoubtsNothingIsSaidOfThem) {
  EXPECT_THAT(Told().why, Not(Contains(HasSubstr("no fewer"))));
  EXPECT_THAT(Told().changes, Not(Contains(HasSubstr("For fewer pods"))));
}

struct AdviceCase {
  LatencyAdvice advice;
  const char* why;
  const char* change;
};

class ExplainAdviceTest : public ExplainTest, public testing::WithParamInterface<AdviceCase> {};

TEST_P(ExplainAdviceTest, SaysWhyAndWhatWouldChangeIt) {
  last_.advice = GetParam().advice;
  last_.rule = Rule::kLatency;
  const Explanation told = Told();
  EXPECT_THAT(told.why, Contains("The latency asks for the most."));
  EXPECT_THAT(told.inputs, Contains(HasSubstr(GetParam().why)));
  EXPECT_THAT(told.changes, Contains(HasSubstr(GetParam().change)));
}

INSTANTIATE_TEST_SUITE_P(
    Each, ExplainAdviceTest,
    testing::Values(
        AdviceCase{LatencyAdvice::kKeep, "nothing speaks for more or for fewer",
                   "more than 6 % of so many calls take longer than 2 s for a while, and for fewer "
                   "when less than 4 % do"},
        AdviceCase{LatencyAdvice::kUnknown, "too few calls", "More calls"},
        AdviceCase{LatencyAdvice::kOver, "not yet for long enough", "stays missed"},
        AdviceCase{LatencyAdvice::kGrow, "more pods may cure it", "Once the new pods have served"},
        AdviceCase{LatencyAdvice::kWait, "have not shown yet", "Once the new pods have served"},
        AdviceCase{LatencyAdvice::kHotPods, "on a few pods only", "hot pods"},
        AdviceCase{LatencyAdvice::kLatched, "more pods did not help", "once more"},
        AdviceCase{LatencyAdvice::kShrink, "would be with fewer", "more than 6 %"}));

TEST_F(ExplainTest, TellsTheLoadPerPodWithWhereTheTargetWasKeptAndMissed) {
  EXPECT_THAT(Told().inputs, Contains("If nothing held them up, calls would be under way 0.8 at "
                                      "once per pod on average."));
  last_.safe = 1.1;
  last_.knee = 1.6;
  EXPECT_THAT(Told().inputs, Contains(HasSubstr("the target was kept at 1.1 at once per pod, and "
                                                "missed at 1.6 at once per pod.")));
}

TEST_F(ExplainTest, NamesTheToolsThatAreLeftOutOrAloneJudged) {
  last_.latency.left_out = {"a", "b", "c", "d", "e", "f", "g"};
  EXPECT_THAT(Told().inputs, Contains(HasSubstr("by nature: a, b, c, d, e and 2 more.")));
  policy_.tools = {"search"};
  EXPECT_THAT(Told().inputs, Contains("Only calls of search are judged."));
}

TEST_F(ExplainTest, SaysThatTooFewCallsAreNoJudgement) {
  last_.latency.is_enough = false;
  last_.latency.calls = 3;
  EXPECT_THAT(Told().inputs, Contains(HasSubstr("too few calls to judge by")));
  last_.latency.calls = 0;
  EXPECT_THAT(Told().inputs, Contains("No calls of late to judge the latency by."));
  EXPECT_THAT(Told().inputs, Contains(HasSubstr("there is nothing that more of them would do")));
}

}  // namespace
}  // namespace mcp_vitals::scaler
