#include "tests/mcp/sse_events.h"

// HTML, "Server-sent events", 9.2.6.
namespace mcp_vitals::mcp {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(SseParserTest, ReadsAMessage) {
  EXPECT_THAT(EventsOf("event: message\ndata: {\"a\":1}\n\n"), ElementsAre("message|{\"a\":1}|"));
}

TEST(SseParserTest, AnUnnamedEventIsAMessage) {
  EXPECT_THAT(EventsOf("data: x\n\n"), ElementsAre("message|x|"));
  EXPECT_THAT(EventsOf("event:\ndata: x\n\n"), ElementsAre("message|x|"));
}

TEST(SseParserTest, ReadsTheEndpointOfTheOldTransport) {
  EXPECT_THAT(EventsOf("event: endpoint\r\ndata: /messages?sessionId=1\r\n\r\n"),
              ElementsAre("endpoint|/messages?sessionId=1|"));
}

TEST(SseParserTest, JoinsDataLinesWithNewline) {
  EXPECT_THAT(EventsOf("data: a\ndata: b\ndata:\ndata: c\n\n"), ElementsAre("message|a\nb\n\nc|"));
  EXPECT_THAT(EventsOf("data\ndata\n\n"), ElementsAre("message|\n|"));
  EXPECT_THAT(EventsOf("data: a\ndata\n\n"), ElementsAre("message|a\n|"));
}

TEST(SseParserTest, RemovesOneSpaceBehindTheColon) {
  EXPECT_THAT(EventsOf("data:x\n\ndata: x\n\ndata:  x\n\ndata:\tx\n\n"),
              ElementsAre("message|x|", "message|x|", "message| x|", "message|\tx|"));
}

TEST(SseParserTest, ReadsEveryLineEnd) {
  for (std::string_view end : {"\n", "\r", "\r\n"}) {
    std::string stream;
    for (std::string_view line : {"event: a", "data: 1", "data: 2", "", "data: 3", ""}) {
      stream += line;
      stream += end;
    }
    EXPECT_THAT(EventsOf(stream), ElementsAre("a|1\n2|", "message|3|"));
  }
}

TEST(SseParserTest, ReadsMixedLineEnds) {
  EXPECT_THAT(EventsOf("data: a\r\ndata: b\rdata: c\n\rdata: d\r\r"),
              ElementsAre("message|a\nb\nc|", "message|d|"));
  EXPECT_THAT(EventsOf("data: a\n\r\n\rdata: b\r\n\n"), ElementsAre("message|a|", "message|b|"));
}

TEST(SseParserTest, IgnoresComments) {
  EXPECT_THAT(EventsOf(": keepalive\n\n:\n\n:data: x\n\n"), IsEmpty());
  EXPECT_THAT(EventsOf("data: a\n: in between\ndata: b\n\n"), ElementsAre("message|a\nb|"));
}

TEST(SseParserTest, IgnoresUnknownFields) {
  EXPECT_THAT(EventsOf("foo: bar\nData: x\n data: y\ndata : z\n\n"), IsEmpty());
  EXPECT_THAT(EventsOf("dat\ndataa: x\ndata: ok\n\n"), ElementsAre("message|ok|"));
}

TEST(SseParserTest, AFieldNeedsNoColon) {
  EXPECT_THAT(EventsOf("data\n\n"), ElementsAre("message||"));
  EXPECT_THAT(EventsOf("event: a\nevent\ndata: x\n\n"), ElementsAre("message|x|"));
}

TEST(SseParserTest, SkipsAByteOrderMarkAtTheBeginningAlone) {
  EXPECT_THAT(EventsOf("\xEF\xBB\xBF"
                       "data: x\n\n"),
              ElementsAre("message|x|"));
  EXPECT_THAT(EventsOf("\xEF\xBB\xBF\xEF\xBB\xBF"
                       "data: x\n\n"),
              IsEmpty());
  EXPECT_THAT(EventsOf("data: a\n\n\xEF\xBB\xBF"
                       "data: b\n\n"),
              ElementsAre("message|a|"));
}

TEST(SseParserTest, WhatOnlyBeginsLikeAMarkBelongsToTheFirstLine) {
  EXPECT_THAT(EventsOf("\xEF\xBB"
                       "data: a\ndata: b\n\n"),
              ElementsAre("message|b|"));
  EXPECT_THAT(Events({"\xEF", "data: a\ndata: b\n\n"}), ElementsAre("message|b|"));
  EXPECT_THAT(Events({"\xEF", "\n", "data: b\n\n"}), ElementsAre("message|b|"));
}

TEST(SseParserTest, KeepsTheLastIdForTheEventsToCome) {
  EXPECT_THAT(EventsOf("id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\nid\ndata: d\n\n"),
              ElementsAre("message|a|1", "message|b|1", "message|c|2", "message|d|"));
}

TEST(SseParserTest, AnIdWithANulIsIgnored) {
  EXPECT_THAT(EventsOf(std::string_view("id: 1\nid: a\0b\ndata: x\n\n", 23)),
              ElementsAre("message|x|1"));
}

TEST(SseParserTest, TheLastEventIdIsThatOfADispatchedEvent) {
  SseParser parser;
  const auto ignore = [](const SseEvent&) {};
  EXPECT_EQ(parser.last_event_id(), "");
  ASSERT_TRUE(parser.Feed("id: 1\ndata: x\n\nid: 2\n", ignore));
  EXPECT_EQ(parser.last_event_id(), "1");
  ASSERT_TRUE(parser.Feed("\n", ignore));
  EXPECT_EQ(parser.last_event_id(), "2");
}

TEST(SseParserTest, DispatchesAPrimingEvent) {
  EXPECT_THAT(EventsOf("id: abc\ndata: \n\n"), ElementsAre("message||abc"));
  EXPECT_THAT(EventsOf("id: abc\n\n"), ElementsAre("message||abc"));
  EXPECT_THAT(EventsOf("id: abc\nretry: 500\ndata\n\ndata: x\n\n"),
              ElementsAre("message||abc", "message|x|abc"));
}

TEST(SseParserTest, NothingIsDispatchedWithoutIdAndData) {
  EXPECT_THAT(EventsOf("\n\n\nevent: a\n\nretry: 5\n\n"), IsEmpty());
  EXPECT_THAT(EventsOf("event: a\n\ndata: x\n\n"), ElementsAre("message|x|"));
}

TEST(SseParserTest, DropsAnUnfinishedEvent) {
  EXPECT_THAT(EventsOf("data: a\n\ndata: b\n"), ElementsAre("message|a|"));
  EXPECT_THAT(EventsOf("data: a\n\ndata: b"), ElementsAre("message|a|"));
}

std::optional<milliseconds> Retry(std::string_view stream) {
  SseParser parser;
  EXPECT_TRUE(parser.Feed(stream, [](const SseEvent&) {}));
  return parser.retry();
}

TEST(SseParserTest, ReadsRetryAsDigitsAlone) {
  EXPECT_EQ(Retry("data: x\n\n"), std::nullopt);
  EXPECT_EQ(Retry("retry: 500\n"), milliseconds(500));
  EXPECT_EQ(Retry("retry:0\n"), milliseconds(0));
  EXPECT_EQ(Retry("retry: 007\n"), milliseconds(7));
  for (std::string_view bad : {"retry\n", "retry:\n", "retry: \n", "retry: -1\n", "retry: +1\n",
                               "retry: 1.5\n", "retry: 5s\n", "retry:  5\n", "retry: 5 \n"}) {
    EXPECT_EQ(Retry(bad), std::nullopt) << bad;
    EXPECT_EQ(Retry("retry: 9\n" + std::string(bad)), milliseconds(9)) << bad;
  }
}

TEST(SseParserTest, RetryIsADayAtMost) {
  EXPECT_EQ(Retry("retry: 86400000\n"), std::chrono::hours(24));
  EXPECT_EQ(Retry("retry: 86400001\n"), std::chrono::hours(24));
  EXPECT_EQ(Retry("retry: " + std::string(1000, '9') + "\n"), std::chrono::hours(24));
}

TEST(SseParserTest, PassesBytesThatAreNoUtf8) {
  EXPECT_THAT(EventsOf("data: a\xff\xc3\nevent: \x80\nid: \xfe\n\n"),
              ElementsAre("\x80|a\xff\xc3|\xfe"));
  EXPECT_THAT(EventsOf(std::string_view("data: a\0b\n\n", 11)),
              ElementsAre(std::string("message|a\0b|", 12)));
}

TEST(SseParserTest, EventsOfOneStreamDoNotMix) {
  EXPECT_THAT(EventsOf("event: a\ndata: 1\ndata: 2\n\nid: 7\ndata: 3\n\nevent: b\ndata\n\n"),
              ElementsAre("a|1\n2|", "message|3|7", "b||7"));
}

constexpr std::string_view kTricky =
    "\xEF\xBB\xBF: hello\r\n\r\nid: 1\rretry: 250\revent: a\rdata: x\r\rdata:  é\xff\ndata\n"
    "data: €\r\n\r\nid\n\n: keepalive\n\n\n\nevent:b\rid: 9\ndata:{\"k\":\"v\"}\n\r\ndata: c\n"
    "\ndata: rest";

TEST(SseParserTest, EverySplitGivesTheSameEvents) {
  const std::vector<std::string> whole = EventsOf(kTricky);
  ASSERT_THAT(whole, ElementsAre("a|x|1", "message| é\xff\n\n€|1", "message||", "b|{\"k\":\"v\"}|9",
                                 "message|c|9"));
  for (std::size_t i = 0; i <= kTricky.size(); ++i) {
    EXPECT_EQ(Events({kTricky.substr(0, i), kTricky.substr(i)}), whole) << i;
    for (std::size_t j = i; j <= kTricky.size(); ++j) {
      EXPECT_EQ(Events({kTricky.substr(0, i), kTricky.substr(i, j - i), kTricky.substr(j)}), whole)
          << i << " " << j;
    }
  }
}

TEST(SseParserTest, ByteByByteGivesTheSameEvents) {
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < kTricky.size(); ++i) {
    bytes.push_back(kTricky.substr(i, 1));
    bytes.push_back("");
  }
  EXPECT_EQ(Events(bytes), EventsOf(kTricky));
}

}  // namespace
}  // namespace mcp_vitals::mcp
