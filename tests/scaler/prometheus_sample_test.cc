#include "scaler/prometheus_sample.h"

#include <gmock/gmock.h>

namespace mcp_vitals::scaler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using vitals::StreamKind;

PrometheusAnswer Number(double value) { return std::vector<Series>{{{}, value}}; }

PrometheusAnswer Kinds(const std::map<std::string, double>& kinds) {
  std::vector<Series> series;
  for (const auto& [kind, value] : kinds) series.push_back({{{"kind", kind}}, value});
  return series;
}

Series Bucket(const std::string& le, double count, const std::string& tool = "add") {
  return {{{"gen_ai_tool_name", tool}, {"le", le}}, count};
}

PrometheusAnswer& At(PrometheusAnswers& answers, Question question) {
  return answers[static_cast<std::size_t>(question)];
}

// Ten pods, 100 streams, 7 operations; nothing was called.
PrometheusAnswers Good() {
  PrometheusAnswers answers;
  At(answers, Question::kStreams) = Kinds({{"get", 60}, {"sse", 30}, {"post", 10}, {"listen", 0}});
  At(answers, Question::kInFlight) = Number(7);
  At(answers, Question::kReplicas) = Number(10);
  At(answers, Question::kSilent) = Number(0);
  At(answers, Question::kMinute) = Number(0);
  At(answers, Question::kFiveMinutes) = Number(0);
  return answers;
}

FleetSample WithCalls(std::vector<Series> buckets) {
  PrometheusAnswers answers = Good();
  At(answers, Question::kMinute) = buckets;
  At(answers, Question::kFiveMinutes) = std::move(buckets);
  return ReadSample(answers);
}

std::string TroubleWith(Question question, PrometheusAnswer answer) {
  PrometheusAnswers answers = Good();
  At(answers, question) = std::move(answer);
  const FleetSample sample = ReadSample(answers);
  return sample.troubles.size() == 1 ? sample.troubles.front() : "";
}

TEST(PrometheusSampleTest, TakesWhatEachQuestionTells) {
  const FleetSample sample = ReadSample(Good());
  EXPECT_THAT(sample.troubles, IsEmpty());
  EXPECT_EQ(sample.streams->by_kind[static_cast<std::size_t>(StreamKind::kGet)], 60u);
  EXPECT_EQ(sample.streams->by_kind[static_cast<std::size_t>(StreamKind::kSse)], 30u);
  EXPECT_EQ(sample.streams->unsorted, 0u);
  EXPECT_EQ(sample.in_flight, 7u);
  EXPECT_EQ(sample.replicas, 10u);
  EXPECT_EQ(sample.silent, 0u);
  EXPECT_THAT(*sample.calls, IsEmpty());
}

TEST(PrometheusSampleTest, StreamsOfNoKnownKindCountWhicheverAreAskedFor) {
  PrometheusAnswers answers = Good();
  At(answers, Question::kStreams) = Kinds({{"app", 40}, {"", 2}});
  EXPECT_EQ(ReadSample(answers).streams->unsorted, 42u);
}

TEST(PrometheusSampleTest, PartsOfAStreamOrAPodAreWholeOnes) {
  PrometheusAnswers answers = Good();
  At(answers, Question::kReplicas) = Number(9.2);
  EXPECT_EQ(ReadSample(answers).replicas, 10u);
}

TEST(PrometheusSampleTest, SaysWhichQueryTellsNothingAndWhy) {
  EXPECT_EQ(TroubleWith(Question::kInFlight, Unknown{"timed out"}), "query in_flight: timed out");
  EXPECT_EQ(TroubleWith(Question::kReplicas, Number(0)), "query replicas: no pods are seen");
  EXPECT_EQ(TroubleWith(Question::kSilent, Kinds({{"a", 1}, {"b", 1}})),
            "query silent: the answer has 2 series instead of one");
  EXPECT_EQ(TroubleWith(Question::kInFlight, Number(1e13)),
            "query in_flight: the answer has a number beyond 1e12");
  EXPECT_EQ(TroubleWith(Question::kStreams,
                        std::vector<Series>{{{{"kind", "get"}, {"replica", "a"}}, 5},
                                            {{{"kind", "get"}, {"replica", "b"}}, 5}}),
            "query streams: the answer has kind get twice");
}

TEST(PrometheusSampleTest, WithoutAnAnswerNothingIsKnown) {
  const FleetSample sample = ReadSample({});
  EXPECT_EQ(sample.troubles.size(), kQuestionCount);
  EXPECT_FALSE(sample.streams || sample.in_flight || sample.replicas || sample.silent ||
               sample.calls);
}

TEST(PrometheusSampleTest, CallsAreCountedByTool) {
  const FleetSample sample = WithCalls({Bucket("1", 80), Bucket("2", 90), Bucket("+Inf", 100),
                                        Bucket("+Inf", 5, ""), Bucket("1", 5, "")});
  ASSERT_TRUE(sample.calls);
  const vitals::FineHistogram& add = sample.calls->at("add").minute;
  EXPECT_EQ(add.count(), 100u);
  EXPECT_EQ(add.CountAbove(1), 20);
  EXPECT_EQ(add.CountAbove(2), 10);
  EXPECT_EQ(sample.calls->at("_OTHER").five_minutes.count(), 5u);
}

TEST(PrometheusSampleTest, InsideABucketCallsAreTakenToBeSpreadEvenly) {
  const auto calls = *WithCalls({Bucket("1", 0), Bucket("2", 100), Bucket("+Inf", 100)}).calls;
  const vitals::FineHistogram& add = calls.at("add").minute;
  EXPECT_NEAR(add.CountAbove(1.25), 75, 1);
  EXPECT_NEAR(add.CountAbove(1.9), 10, 1);
  EXPECT_NEAR(*add.Quantile(0.5), 1.5, 0.05);
}

TEST(PrometheusSampleTest, BeyondTheLastBoundCallsAreOverEveryTarget) {
  const auto calls = *WithCalls({Bucket("0.5", 60), Bucket("+Inf", 100)}).calls;
  EXPECT_EQ(calls.at("add").minute.CountAbove(300), 40);
  EXPECT_FALSE(calls.at("add").minute.Quantile(0.95));
}

TEST(PrometheusSampleTest, ExtrapolatedBucketsNeedNotAscend) {
  const auto calls = *WithCalls({Bucket("1", 10.6), Bucket("2", 10.4), Bucket("+Inf", 10.5)}).calls;
  EXPECT_EQ(calls.at("add").minute.count(), 11u);
  EXPECT_EQ(calls.at("add").minute.CountAbove(2), 0);
}

TEST(PrometheusSampleTest, TheSameBoundWrittenInTwoWaysIsOneBucket) {
  const auto calls = *WithCalls({Bucket("1", 10), Bucket("1.0", 5), Bucket("+Inf", 20)}).calls;
  EXPECT_EQ(calls.at("add").minute.CountAbove(1), 5);
}

TEST(PrometheusSampleTest, BucketsThatAreNoneTellNothing) {
  const auto why = [](std::vector<Series> series) {
    return TroubleWith(Question::kMinute, std::move(series));
  };
  EXPECT_THAT(why({Bucket("1", 10)}), HasSubstr("no bucket +Inf of add"));
  EXPECT_THAT(why({Bucket("+Inf", 10), Bucket("+Inf", 10)}), HasSubstr("a bucket of add twice"));
  EXPECT_THAT(why({Series{{}, 3}}), HasSubstr("without a bucket's bound"));
  EXPECT_THAT(why({Bucket("NaN", 3)}), HasSubstr("without a bucket's bound"));
  EXPECT_THAT(why({Bucket("+Inf", 1e13)}), HasSubstr("beyond 1e12"));
}

TEST(PrometheusSampleTest, QueriesAreFilledIn) {
  std::array<std::string, kQueryCount> texts;
  for (std::size_t i = 0; i < kQueryCount; ++i) texts[i] = kQueries[i].text;
  const auto queries = FillQueries(texts, "server=\"$window\"", std::chrono::milliseconds(7500));
  EXPECT_EQ(queries[0], "sum by (kind) (mcp_active_sse_connections{server=\"$window\"})");
  EXPECT_THAT(queries[2], HasSubstr("<= 7.5)"));
  EXPECT_THAT(queries[4], HasSubstr("[1m]"));
  EXPECT_THAT(queries[5], HasSubstr("[5m]"));
}

}  // namespace
}  // namespace mcp_vitals::scaler
