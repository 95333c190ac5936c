#include "proxy/message_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/proxy/read_message.h"

namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr std::string_view kGet = "GET /mcp?a=b HTTP/1.1\r\nHost: h\r\nX-Odd-Case: 1\r\n\r\n";

std::size_t End(std::string_view bytes, std::size_t scanned = 0, bool is_request = true) {
  Malformed wrong;
  return HeadEnd(bytes, scanned, is_request, {}, wrong);
}
Malformed WrongBeforeItsEnd(std::string_view bytes, bool is_request = true,
                            const MessageLimits& limits = {}) {
  Malformed wrong;
  EXPECT_EQ(HeadEnd(bytes, 0, is_request, limits, wrong), 0u);
  return wrong;
}

TEST(HeadEndTest, FindsTheEmptyLine) {
  EXPECT_EQ(End(kGet), kGet.size());
  EXPECT_EQ(End(std::string(kGet) + "body\r\n\r\nmore"), kGet.size());
}

TEST(HeadEndTest, WaitsForTheRest) {
  for (std::size_t i = 0; i < kGet.size(); ++i) {
    Malformed wrong;
    EXPECT_EQ(HeadEnd(kGet.substr(0, i), 0, true, {}, wrong), 0u) << i;
    EXPECT_EQ(wrong, Malformed::kNot) << i;
  }
}

TEST(HeadEndTest, FindsItWhereverAnEarlierCallHasStopped) {
  for (std::size_t seen = 0; seen < kGet.size(); ++seen) EXPECT_EQ(End(kGet, seen), kGet.size());
}

TEST(HeadEndTest, KnowsHttp2ByItsPreface) {
  EXPECT_EQ(WrongBeforeItsEnd("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Malformed::kHttp2);
  EXPECT_EQ(WrongBeforeItsEnd("PRI * HTTP/2.0"), Malformed::kHttp2);
  EXPECT_EQ(WrongBeforeItsEnd("PRI * HT"), Malformed::kNot);
}

TEST(HeadEndTest, ARequestLineHasItsOwnLimit) {
  const MessageLimits limits{.start_line = 20, .head = 100};
  EXPECT_EQ(WrongBeforeItsEnd("GET /" + std::string(20, 'x'), true, limits),
            Malformed::kUriTooLong);
  EXPECT_EQ(WrongBeforeItsEnd("GET /" + std::string(20, 'x') + " HTTP/1.1\r\n\r\n", true, limits),
            Malformed::kUriTooLong);
  EXPECT_EQ(WrongBeforeItsEnd("HTTP/1.1 200 " + std::string(20, 'x'), false, limits),
            Malformed::kNot);
}

TEST(HeadEndTest, AHeadHasALimit) {
  const MessageLimits limits{.start_line = 20, .head = 40};
  const std::string start = "GET / HTTP/1.1\r\nX: ";
  EXPECT_EQ(WrongBeforeItsEnd(start + std::string(22, 'x'), true, limits),
            Malformed::kHeadTooLarge);
  EXPECT_EQ(WrongBeforeItsEnd(start + std::string(18, 'x') + "\r\n\r\n", true, limits),
            Malformed::kHeadTooLarge);
  Malformed wrong;
  EXPECT_EQ(HeadEnd(start + std::string(17, 'x') + "\r\n\r\n" + std::string(100, 'x'), 0, true,
                    limits, wrong),
            40u)
      << "what follows is none of it";
}

TEST(HeadEndTest, DoesNotWaitForWhatEndsItsLinesOtherwise) {
  EXPECT_EQ(WrongBeforeItsEnd("GET / HTTP/1.1\n"), Malformed::kSyntax);
  EXPECT_EQ(WrongBeforeItsEnd("\n"), Malformed::kSyntax);
  EXPECT_EQ(WrongBeforeItsEnd("GET / HTTP/1.1\r\nHost: h\n\n"), Malformed::kSyntax);
  EXPECT_EQ(WrongBeforeItsEnd("HTTP/1.1 200 OK\nA: b\n\n", false), Malformed::kSyntax);
}

TEST(MessageParserTest, ReadsARequestsHead) {
  RequestReading reading;
  reading.Feed(kGet);
  ASSERT_EQ(reading.wrong(), Malformed::kNot);
  EXPECT_EQ(reading.start(), "GET /mcp?a=b 1.1");
  EXPECT_THAT(reading.fields(), ElementsAre(Pair("Host", "h"), Pair("X-Odd-Case", "1")));
  EXPECT_TRUE(reading.complete());
}

TEST(MessageParserTest, ReadsAnAnswersHead) {
  AnswerReading reading;
  reading.Feed("HTTP/1.0 404 Not Found \xc3\xa9\r\nA: 1\r\na: 2\r\n\r\n");
  EXPECT_EQ(reading.start(), "404 Not Found \xc3\xa9 1.0");
  EXPECT_THAT(reading.fields(), ElementsAre(Pair("A", "1"), Pair("a", "2")));
}

TEST(MessageParserTest, AnAnswerNeedsNoReason) {
  AnswerReading reading;
  reading.Feed("HTTP/1.1 204 \r\n\r\n");
  EXPECT_EQ(reading.start(), "204  1.1");
}

TEST(MessageParserTest, KnowsTheNamesOfFieldsWithoutCase) {
  const MessageLimits limits;
  MessageParser<true> parser(limits, false);
  Head head;
  ASSERT_EQ(parser.ReadHead("POST / HTTP/1.1\r\nhOST: h\r\nMCP-session-ID: s\r\n"
                            "content-TYPE: a/b\r\n\r\n",
                            head),
            Malformed::kNot);
  EXPECT_EQ(head.Find(boost::beast::http::field::content_type), "a/b");
  EXPECT_EQ(head.Find("Mcp-Session-Id"), "s");
  EXPECT_EQ(head.Find("Mcp-Method"), "");
}

TEST(MessageParserTest, TrimsSpaceAroundValuesAndKeepsItInside) {
  RequestReading reading;
  reading.Feed("GET / HTTP/1.1\r\nHost: \t h \t\r\nA:x  y\tz\r\nEmpty:\r\nBlank:  \r\n\r\n");
  ASSERT_EQ(reading.wrong(), Malformed::kNot);
  EXPECT_EQ(reading.Value("Host"), "h");
  EXPECT_EQ(reading.Value("A"), "x  y\tz");
  EXPECT_EQ(reading.Value("Empty"), "");
  EXPECT_EQ(reading.Value("Blank"), "");
}

TEST(MessageParserTest, AHeadThatIsUsedAgainHoldsNothingOfTheLast) {
  Head head;
  const MessageLimits limits;
  MessageParser<true> first(limits, false), second(limits, false);
  ASSERT_EQ(first.ReadHead("GET /a HTTP/1.1\r\nHost: h\r\nA: 1\r\n\r\n", head), Malformed::kNot);
  ASSERT_EQ(second.ReadHead("POST /b HTTP/1.0\r\nB: 2\r\n\r\n", head), Malformed::kNot);
  EXPECT_EQ(head.method, "POST");
  EXPECT_FALSE(head.is_http11);
  ASSERT_EQ(head.fields.size(), 1u);
  EXPECT_EQ(head.fields[0].name, "B");
}

TEST(MessageParserTest, FieldsAreCounted) {
  const MessageLimits limits{.fields = 3};
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  RequestReading fits(std::nullopt, false, limits);
  fits.Feed(start + "A: 1\r\nB: 2\r\n\r\n");
  EXPECT_EQ(fits.wrong(), Malformed::kNot);
  RequestReading many(std::nullopt, false, limits);
  many.Feed(start + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n");
  EXPECT_EQ(many.wrong(), Malformed::kHeadTooLarge);
}

TEST(MessageParserTest, AHeadMayBeAsLargeAsItsLimit) {
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  const std::string value((std::size_t{32} << 10) - start.size() - 4, 'x');
  RequestReading reading;
  reading.Feed(start + value + "\r\n\r\n");
  EXPECT_EQ(reading.wrong(), Malformed::kNot);
  EXPECT_EQ(reading.Value("X"), value);
}

TEST(MessageParserTest, EverySplitOfAHeadGivesTheSame) {
  constexpr std::string_view kMessage =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  for (std::size_t i = 0; i <= kMessage.size(); ++i) {
    RequestReading reading;
    reading.Feed(kMessage.substr(0, i));
    reading.Feed(kMessage.substr(i));
    EXPECT_TRUE(reading.complete()) << i;
    EXPECT_EQ(reading.body(), "abc") << i;
    EXPECT_EQ(reading.fields().size(), 2u) << i;
  }
}

}  // namespace
}  // namespace mcp_vitals::proxy
