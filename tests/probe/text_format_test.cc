#include "probe/text_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mcp_vitals::probe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "name{label=value;…} number" of each sample; and the first bad line, as "2: why".
std::vector<std::string> Read(std::string_view text) {
  std::vector<std::string> lines;
  const auto bad = ReadTextFormat(text, [&lines](const TextSample& sample) {
    std::string line(sample.name);
    for (const auto& [name, value] : sample.labels) {
      line += "|" + std::string(name) + "=" + value;
    }
    char number[32];
    std::snprintf(number, sizeof number, " %g", sample.value);
    lines.push_back(line + number);
  });
  if (bad) lines.push_back(std::to_string(bad->number) + ": " + std::string(bad->why));
  return lines;
}

TEST(TextFormatTest, ReadsTheDocumentationsExample) {
  EXPECT_THAT(
      Read("# HELP http_requests_total The total number of HTTP requests.\n"
           "# TYPE http_requests_total counter\n"
           "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
           "\n"
           "# Escaping in label values:\n"
           "msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\",error=\"Cannot find "
           "file:\\n\\\"FILE.TXT\\\"\"} 1.458255915e9\n"
           "# Minimalistic line:\n"
           "metric_without_timestamp_and_labels 12.47\n"
           "# A weird metric from before the epoch:\n"
           "something_weird{problem=\"division by zero\"} +Inf -3982045\n"),
      ElementsAre("http_requests_total|method=post|code=200 1027",
                  "msdos_file_access_time_seconds|path=C:\\DIR\\FILE.TXT|error=Cannot find "
                  "file:\n\"FILE.TXT\" 1.45826e+09",
                  "metric_without_timestamp_and_labels 12.47",
                  "something_weird|problem=division by zero inf"));
}

TEST(TextFormatTest, BlanksMayStandBetweenAllParts) {
  EXPECT_THAT(Read(" \ta { b = \"c\" , } 1\t2 \n"), ElementsAre("a|b=c 1"));
  EXPECT_THAT(Read("a{} 1\n"), ElementsAre("a 1"));
  EXPECT_THAT(Read("  # a comment\n\t\n"), IsEmpty());
  EXPECT_THAT(Read(""), IsEmpty());
}

TEST(TextFormatTest, LabelsOfOneSampleDoNotStayForTheNext) {
  EXPECT_THAT(Read("a{b=\"1\",c=\"2\"} 1\na{b=\"3\"} 2\na 3\n"),
              ElementsAre("a|b=1|c=2 1", "a|b=3 2", "a 3"));
}

TEST(TextFormatTest, KnowsAllSpellingsOfNumbers) {
  EXPECT_THAT(Read("a 0\na -1.5e3\na +7\na NaN\na -Inf\na .5\n"),
              ElementsAre("a 0", "a -1500", "a 7", "a nan", "a -inf", "a 0.5"));
}

TEST(TextFormatTest, ANumberThatNoDoubleHoldsIsNone) {
  EXPECT_THAT(Read("a 1e999\n"), ElementsAre("a nan"));
}

TEST(TextFormatTest, ABackslashBeforeAnotherCharacterStandsForItself) {
  EXPECT_THAT(Read("a{b=\"\\d\"} 1\n"), ElementsAre("a|b=\\d 1"));
}

struct BadCase {
  const char* name;
  const char* text;
  const char* error;
  friend void PrintTo(const BadCase& c, std::ostream* out) { *out << c.name; }
};
class BadTextFormatTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadTextFormatTest, NamesTheLine) {
  EXPECT_THAT(Read(GetParam().text), ElementsAre(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    TextFormat, BadTextFormatTest,
    testing::Values(
        BadCase{"Html", "# ok\n<!doctype html>\n", "2: no metric name at the beginning"},
        BadCase{"Json", "{\"a\":1}\n", "1: no metric name at the beginning"},
        BadCase{"DigitFirst", "1a 1\n", "1: no metric name at the beginning"},
        BadCase{"NoValue", "a\n", "1: no number where the value should be"},
        BadCase{"Word", "a b\n", "1: no number where the value should be"},
        BadCase{"TwoSigns", "a +-1\n", "1: no number where the value should be"},
        BadCase{"NanWithPayload", "a nan(1)\n", "1: no number where the value should be"},
        BadCase{"Hexadecimal", "a 0x10\n", "1: no number where the value should be"},
        BadCase{"CarriageReturn", "a 1\r\n", "1: no number where the value should be"},
        BadCase{"CutValue", "a 12", "1: the line does not end"},
        BadCase{"CutLabel", "a{b=\"c\n", "1: a label value is not in quotes, or does not end"},
        BadCase{"EscapedEnd", "a{b=\"c\\\n", "1: a label value is not in quotes, or does not end"},
        BadCase{"NoQuotes", "a{b=c} 1\n", "1: a label value is not in quotes, or does not end"},
        BadCase{"NoEquals", "a{b\"c\"} 1\n", "1: no = behind a label name"},
        BadCase{"ColonInLabel", "a{b:c=\"d\"} 1\n", "1: no = behind a label name"},
        BadCase{"TwoCommas", "a{b=\"c\",,} 1\n", "1: no label name where one should be"},
        BadCase{"NoComma", "a{b=\"c\" d=\"e\"} 1\n", "1: neither , nor } behind a label"},
        BadCase{"QuotedName", "{\"a.b\"} 1\n", "1: no metric name at the beginning"},
        BadCase{"BadTimestamp", "a 1 2.5\n", "1: no timestamp behind the value"},
        BadCase{"Exemplar", "a 1 # {b=\"c\"} 1\n", "1: no timestamp behind the value"},
        BadCase{"TooMuch", "a 1 2 3\n", "1: more behind the timestamp"}),
    [](const auto& c) { return std::string(c.param.name); });

TEST(TextFormatTest, LabelsAreBounded) {
  std::string line = "a{";
  for (int i = 0; i < 129; ++i) line += "b=\"c\",";
  EXPECT_THAT(Read(line + "} 1\n"), ElementsAre("1: more than 128 labels"));
}

TEST(SeriesSelectorTest, TakesANameAndLabels) {
  const auto selector = ParseSelector(R"(pool{state="idle", db="a\"b"})");
  ASSERT_TRUE(selector);
  EXPECT_TRUE(selector->Matches({"pool", {{"db", "a\"b"}, {"x", "y"}, {"state", "idle"}}, 1}));
  EXPECT_FALSE(selector->Matches({"pool", {{"state", "idle"}}, 1}));
  EXPECT_FALSE(selector->Matches({"pools", {{"db", "a\"b"}, {"state", "idle"}}, 1}));
  EXPECT_TRUE(ParseSelector("pool")->Matches({"pool", {{"state", "idle"}}, 1}));
}

TEST(SeriesSelectorTest, RefusesWhatIsNone) {
  for (const char* text : {"", "1", "a b", "a{", "a{b}", "a{b=~\"c\"}", "{b=\"c\"}", "a{} 1"}) {
    EXPECT_FALSE(ParseSelector(text)) << text;
  }
}

}  // namespace
}  // namespace mcp_vitals::probe
