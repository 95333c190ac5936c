#include "tests/mcp/sse_events.h"

// How much of a stream is held, and kept between its events.
namespace mcp_vitals::mcp {
namespace {

const SseParser::OnEvent kIgnore = [](const SseEvent&) {};

TEST(SseMemoryTest, NothingIsHeldAtTheBeginningAndBetweenEvents) {
  SseParser parser;
  EXPECT_EQ(parser.held(), 0u);
  ASSERT_TRUE(parser.Feed("data: abc\n\n: keepalive\n", kIgnore));
  EXPECT_EQ(parser.held(), 0u);
}

TEST(SseMemoryTest, AnUnfinishedLineIsHeld) {
  SseParser parser;
  ASSERT_TRUE(parser.Feed("data: abc", kIgnore));
  EXPECT_EQ(parser.held(), 9u);
  ASSERT_TRUE(parser.Feed("de", kIgnore));
  EXPECT_EQ(parser.held(), 11u);
}

TEST(SseMemoryTest, TheDataOfAnUnfinishedEventIsHeld) {
  SseParser parser;
  ASSERT_TRUE(parser.Feed("data: abc\n", kIgnore));
  EXPECT_EQ(parser.held(), 3u);
  ASSERT_TRUE(parser.Feed("data: de\nda", kIgnore));
  EXPECT_EQ(parser.held(), 8u) << "both, the line feed between them, and the line begun";
  ASSERT_TRUE(parser.Feed("ta: f\n\n", kIgnore));
  EXPECT_EQ(parser.held(), 0u);
}

TEST(SseMemoryTest, IdAndTypeAreHeldTooTheIdAsLongAsTheStream) {
  SseParser parser;
  ASSERT_TRUE(parser.Feed("id: 12\nevent: abc\n", kIgnore));
  EXPECT_EQ(parser.held(), 5u);
  ASSERT_TRUE(parser.Feed("data: x\n\n", kIgnore));
  EXPECT_EQ(parser.held(), 4u) << "the id of the next event, and the last one";
}

TEST(SseMemoryTest, TheDataIsWholeDuringTheCallWhateverIsKept) {
  const SseParser parser(SseParser::Limits{.kept = 0});
  const std::string data(1000, 'x');
  EXPECT_THAT(
      Events({"data: " + data.substr(0, 10), data.substr(10) + "\ndata: y", "\n", "\n"}, parser),
      testing::ElementsAre("message|" + data + "\ny|"));
}

TEST(SseMemoryTest, KeepingLittleChangesNoEvent) {
  constexpr std::string_view kStream =
      "id: 1\nevent: a\ndata: 1\n\ndata: 22222222\ndata: 3\n\nid: 9\n\n";
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < kStream.size(); ++i) bytes.push_back(kStream.substr(i, 1));
  for (const std::size_t kept : {std::size_t{0}, std::size_t{1}, std::size_t{20}}) {
    EXPECT_EQ(Events(bytes, SseParser(SseParser::Limits{.kept = kept})), EventsOf(kStream)) << kept;
  }
}

TEST(SseMemoryTest, AnEventMayBeLargerThanWhatIsKept) {
  SseParser parser(SseParser::Limits{.kept = 16});
  std::size_t seen = 0;
  const auto measure = [&](const SseEvent& event) { seen += event.data.size(); };
  ASSERT_TRUE(parser.Feed("data: " + std::string(100'000, 'x'), measure));
  EXPECT_EQ(parser.held(), 100'006u);
  ASSERT_TRUE(parser.Feed("\n\n", measure));
  EXPECT_EQ(seen, 100'000u);
  EXPECT_EQ(parser.held(), 0u);
}

}  // namespace
}  // namespace mcp_vitals::mcp
