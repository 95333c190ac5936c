#include "scaler/prometheus_answer.h"

#include <gmock/gmock.h>

namespace mcp_vitals::scaler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string Vector(const std::string& result, const std::string& more = "") {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + result + "]}" + more +
         "}";
}

std::string One(const std::string& value) {
  return Vector(R"({"metric":{},"value":[1700000000.1,")" + value + R"("]})");
}

std::string Why(const std::string& body, int status = 200) {
  const PrometheusAnswer answer = ReadPrometheusAnswer(status, body);
  const auto* unknown = std::get_if<Unknown>(&answer);
  return unknown == nullptr ? "known" : unknown->why;
}

TEST(PrometheusAnswerTest, GivesLabelsAndValues) {
  const PrometheusAnswer answer = ReadPrometheusAnswer(
      200, Vector(R"({"metric":{"kind":"get","a":"b"},"value":[1700000000,"12"]},)"
                  R"({"value":[1700000000,"0.5"],"metric":{}})",
                  R"(,"infos":["a metric might not be a counter"],"stats":{"series":[1]})"));
  const auto& series = std::get<std::vector<Series>>(answer);
  ASSERT_EQ(series.size(), 2u);
  EXPECT_THAT(series[0].labels, ElementsAre(Pair("a", "b"), Pair("kind", "get")));
  EXPECT_EQ(series[0].value, 12);
  EXPECT_EQ(series[1].value, 0.5);
}

TEST(PrometheusAnswerTest, NothingIsNotZero) { EXPECT_EQ(Why(Vector("")), "the answer is empty"); }

TEST(PrometheusAnswerTest, WhatIsNoCountTellsNothing) {
  EXPECT_EQ(Why(One("7")), "known");
  EXPECT_EQ(Why(One("1e+06")), "known");
  for (const std::string value : {"NaN", "+Inf", "-Inf", "-1", "", "7 ", "seven"}) {
    EXPECT_EQ(Why(One(value)), "the answer has the value " + value);
  }
}

TEST(PrometheusAnswerTest, AnErrorIsToldInItsOwnWords) {
  const std::string error = R"({"status":"error","errorType":"timeout","error":"it timed out"})";
  EXPECT_EQ(Why(error), "HTTP 200: it timed out");
  EXPECT_EQ(Why(error, 503), "HTTP 503: it timed out");
  EXPECT_EQ(Why("<html>Bad Gateway</html>", 502), "answered HTTP 502");
  EXPECT_EQ(Why(One("7"), 500), "answered HTTP 500");
}

TEST(PrometheusAnswerTest, AWarningMeansThatSomethingIsMissing) {
  EXPECT_EQ(
      Why(Vector(R"({"metric":{},"value":[1,"7"]})", R"(,"warnings":["no StoreAPIs matched\n"])")),
      "the answer has a warning: no StoreAPIs matched?");
  EXPECT_EQ(Why(Vector(R"({"metric":{},"value":[1,"7"]})", R"(,"warnings":[])")), "known");
  EXPECT_EQ(Why(Vector(R"({"metric":{},"value":[1,"7"]})", R"(,"infos":["ignored 3 series"])")),
            "the answer is only a part: ignored 3 series");
  const std::string cluster =
      R"({"status":"success","isPartial":true,"data":{"resultType":"vector","result":[)"
      R"({"metric":{},"value":[1,"7"]}]}})";
  EXPECT_EQ(Why(cluster), "the answer is only a part of the data");
}

TEST(PrometheusAnswerTest, HalfAnAnswerTellsNothing) {
  const std::string whole = One("7");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(Why(whole.substr(0, size)), "known") << size;
  }
}

TEST(PrometheusAnswerTest, OtherShapesTellNothing) {
  EXPECT_EQ(Why(R"({"status":"success","data":{"resultType":"scalar","result":[1,"7"]}})"),
            "the answer is no vector but scalar");
  EXPECT_EQ(Why(Vector(R"({"metric":{},"histogram":[1,{"count":"7"}]})")),
            "the answer has a series without one number");
  EXPECT_EQ(Why(Vector(R"({"metric":{},"value":[1]})")),
            "the answer has a series without one number");
  EXPECT_EQ(Why(Vector(R"({"metric":{},"value":[1,"7"],"value":[1,"8"]})")),
            "the answer has a series without one number");
  EXPECT_EQ(Why(R"({"data":{"result":[],"result":[]},"status":"success"})"),
            "the answer has two results");
  for (const std::string other : {"[]", "7", "{}", R"({"status":"success"})", R"([{"data":1}])"}) {
    EXPECT_NE(Why(other), "known") << other;
  }
}

TEST(PrometheusAnswerTest, TooManySeriesTellNothing) {
  std::string many;
  for (std::size_t i = 0; i <= kMaxSeries; ++i) {
    many += (i == 0 ? "" : ",") + std::string(R"({"metric":{},"value":[1,"7"]})");
  }
  EXPECT_EQ(Why(Vector(many)), "the answer has more than 10000 series");
}

TEST(PrometheusAnswerTest, ForeignWordsAreMadePrintableAndShort) {
  EXPECT_EQ(Words("caf\xC3\xA9\x1B[1m"), "caf???[1m");
  EXPECT_EQ(Words(std::string(1000, 'a')).size(), 203u);
}

}  // namespace
}  // namespace mcp_vitals::scaler
