#include "app/values.h"

#include <gmock/gmock.h>

namespace mcp_vitals::app {
namespace {

using testing::HasSubstr;
using testing::Not;

struct DurationCase {
  const char* text;
  std::int64_t milliseconds;  // 0: refused
  friend void PrintTo(const DurationCase& c, std::ostream* out) { *out << c.text; }
};

class DurationTest : public testing::TestWithParam<DurationCase> {};

TEST_P(DurationTest, MeansWhatItSays) {
  const auto parsed = ParseDuration(GetParam().text);
  ASSERT_EQ(static_cast<bool>(parsed), GetParam().milliseconds != 0);
  if (parsed) {
    EXPECT_EQ(parsed->count(), GetParam().milliseconds);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Values, DurationTest,
    testing::Values(DurationCase{"500ms", 500}, DurationCase{"10s", 10'000},
                    DurationCase{"1m", 60'000}, DurationCase{"1m30s", 90'000},
                    DurationCase{"1h", 3'600'000}, DurationCase{"24h", 86'400'000},
                    DurationCase{"", 0}, DurationCase{"10", 0}, DurationCase{"0s", 0},
                    DurationCase{"-5s", 0}, DurationCase{"s", 0}, DurationCase{"1.5s", 0},
                    DurationCase{"1d", 0}, DurationCase{"10 s", 0}, DurationCase{"25h", 0},
                    DurationCase{"99999999999s", 0}, DurationCase{"4294967295h", 0},
                    DurationCase{"4294967295h4294967295h4294967295h", 0}));

TEST(DurationTest, IsWrittenAsItIsRead) {
  for (const char* text : {"1ms", "500ms", "10s", "1m30s", "1h", "24h", "1h1m1s1ms"}) {
    EXPECT_EQ(ToString(*ParseDuration(text)), text);
  }
}

TEST(DurationTest, SaysWhatIsAllowed) {
  EXPECT_THAT(ParseDuration("10").error().why, HasSubstr("allowed: numbers with a unit"));
  EXPECT_THAT(ParseDuration("11m", std::chrono::minutes(10)).error().why,
              HasSubstr("allowed: 1ms to 10m"));
}

TEST(ProtocolTest, IsAutoOrAPublishedVersion) {
  EXPECT_FALSE(ParseProtocol("auto")->has_value());
  EXPECT_EQ(*ParseProtocol("2026-07-28"), mcp::Version::k20260728);
  EXPECT_EQ(ParseProtocol("2025-01-01").error().why,
            "\"2025-01-01\" is no MCP version (allowed: auto, 2024-11-05, 2025-03-26, 2025-06-18, "
            "2025-11-25, 2026-07-28)");
}

TEST(TargetUrlTest, RefusesPasswordsWithoutQuotingThem) {
  for (const char* url : {"https://user:hunter2@mcp.example.com/mcp", "http://hunter2@host",
                          "user:hunter2@host", "https://user:hunter2@/", "ftp://u:hunter2@h/"}) {
    const auto parsed = ParseTargetUrl(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_THAT(parsed.error().why, Not(HasSubstr("hunter2"))) << url;
  }
}

TEST(TargetUrlTest, DoesNotQuoteTheQueryOfABadUrl) {
  const auto parsed = ParseTargetUrl("ftp://host/mcp?key=hunter2&x");
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().why, HasSubstr("ftp://host/mcp?key=<hidden>&<hidden>"));
}

TEST(TargetUrlTest, AcceptsAnAtSignBehindTheHost) {
  EXPECT_TRUE(ParseTargetUrl("https://mcp.example.com/@scope/mcp"));
}

TEST(PublicUrlTest, HidesTheValuesOfParameters) {
  EXPECT_EQ(PublicUrl("http://h/mcp"), "http://h/mcp");
  EXPECT_EQ(PublicUrl("http://h/mcp?"), "http://h/mcp?");
  EXPECT_EQ(PublicUrl("http://h/mcp?key=abc&flag&b=1=2"),
            "http://h/mcp?key=<hidden>&<hidden>&b=<hidden>");
}

TEST(HeaderTest, IsANameAndAValue) {
  const auto header = ParseHeader("X-Api-Key:  a b ");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->first, "X-Api-Key");
  EXPECT_EQ(header->second, "a b");
}

TEST(HeaderTest, RefusesWhatTheProbeSetsItself) {
  for (const char* name : {"Content-Length", "mcp-session-id", "MCP-Protocol-Version", "accept"}) {
    EXPECT_FALSE(CheckHeader(name, "x")) << name;
  }
  EXPECT_TRUE(CheckHeader("Host", "other.example.com"));
}

TEST(HeaderTest, NeverQuotesTheValue) {
  for (const char* text : {"hunter2", "Bad Name: hunter2", "X: hunter2\r\nY: 1", "X: hunter2\n"}) {
    const auto header = ParseHeader(text);
    ASSERT_FALSE(header) << text;
    EXPECT_THAT(header.error().why, Not(HasSubstr("hunter2"))) << text;
  }
}

TEST(DnsServerTest, IsAnAddressWithOrWithoutPort) {
  for (const char* text : {"10.0.0.10", "10.0.0.10:5353", "::1", "[::1]", "[::1]:5353"}) {
    EXPECT_TRUE(ParseDnsServer(text)) << text;
  }
  for (const char* text : {"", "dns.example.com", "10.0.0.10:", "10.0.0.10:0", "10.0.0.10:70000",
                           "[::1", "[::1]5353", "::1:x", "[::1]x:53"}) {
    EXPECT_FALSE(ParseDnsServer(text)) << text;
  }
}

TEST(ArgumentsTest, MustBeAnObject) {
  EXPECT_TRUE(ParseArguments(R"({"a":[1]})"));
  for (const char* json : {"", "[]", "3", "{", "{} x", "null", "{'a':1}"}) {
    EXPECT_FALSE(ParseArguments(json)) << json;
  }
}

TEST(RegexTest, IsRe2) {
  EXPECT_TRUE(ParseRegex("^ok$"));
  EXPECT_THAT(ParseRegex("(").error().why, HasSubstr("allowed: RE2 syntax"));
}

TEST(QuoteTest, MakesForeignTextHarmlessAndShort) {
  EXPECT_EQ(Quote("a\x1b[31mb\n"), "\"a?[31mb?\"");
  EXPECT_LT(Quote(std::string(1000, 'x')).size(), 80u);
}

}  // namespace
}  // namespace mcp_vitals::app
