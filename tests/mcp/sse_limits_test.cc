#include "tests/mcp/sse_events.h"

// An endless stream must end as an error, however it is cut.
namespace mcp_vitals::mcp {
namespace {

using testing::ElementsAre;

SseParser Small() { return SseParser(SseParser::Limits{.line = 10, .event = 8}); }

TEST(SseLimitsTest, ALineMayBeAsLongAsTheLimit) {
  EXPECT_THAT(Events({"data: 1234\n\n"}, Small()), ElementsAre("message|1234|"));
  EXPECT_THAT(Events({"data: 12345\n\n"}, Small()), ElementsAre("!"));
}

TEST(SseLimitsTest, CommentsAndUnknownFieldsAreLinesToo) {
  EXPECT_THAT(Events({":123456789\n\n"}, Small()), testing::IsEmpty());
  EXPECT_THAT(Events({":1234567890\n\n"}, Small()), ElementsAre("!"));
  EXPECT_THAT(Events({"field: 1234\n\n"}, Small()), ElementsAre("!"));
}

TEST(SseLimitsTest, ALineWithoutEndIsAnErrorBeforeItsEnd) {
  EXPECT_THAT(Events({"data: 1234", "5"}, Small()), ElementsAre("!"));
  EXPECT_THAT(Events({"data: 12345"}, Small()), ElementsAre("!"));
}

TEST(SseLimitsTest, TheDataOfAnEventIsBoundedAsAWhole) {
  EXPECT_THAT(Events({"data: 1234\ndata: 123\n\n"}, Small()), ElementsAre("message|1234\n123|"));
  EXPECT_THAT(Events({"data: 1234\ndata: 1234\n\n"}, Small()), ElementsAre("!"));
  EXPECT_THAT(Events({"data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n\n"}, Small()),
              ElementsAre("message|\n\n\n\n\n\n\n\n|"));
  EXPECT_THAT(Events({"data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n\n"}, Small()),
              ElementsAre("!"));
}

TEST(SseLimitsTest, EventsBeforeTheErrorAreDelivered) {
  EXPECT_THAT(Events({"data: a\n\ndata: b\n\ndata: 12345\n\n"}, Small()),
              ElementsAre("message|a|", "message|b|", "!"));
}

TEST(SseLimitsTest, AnErrorIsFinal) {
  EXPECT_THAT(Events({"data: 12345", "\n\n", "data: a\n\n", ""}, Small()),
              ElementsAre("!", "!", "!", "!"));
}

TEST(SseLimitsTest, EverySplitMeetsTheLimitAtTheSameEvent) {
  constexpr std::string_view kTooLong = "data: 1\n\ndata: 123\ndata: 4567\ndata: 8\n\n";
  for (std::size_t i = 0; i <= kTooLong.size(); ++i) {
    const auto events = Events({kTooLong.substr(0, i), kTooLong.substr(i)}, Small());
    EXPECT_EQ(events.front(), "message|1|") << i;
    EXPECT_EQ(events[1], "!") << i;
  }
}

TEST(SseLimitsTest, AMebibyteLineIsReadByDefault) {
  const std::string data((std::size_t{1} << 20) - 6, 'x');
  const auto events = EventsOf("data: " + data + "\n\n");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0], "message|" + data + "|");
  EXPECT_THAT(EventsOf("data: x" + data + "\n\n"), ElementsAre("!"));
}

}  // namespace
}  // namespace mcp_vitals::mcp
