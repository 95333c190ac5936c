#include "proxy/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/proxy/read_message.h"

namespace mcp_vitals::proxy {
namespace {

TEST(RepliesTest, AReplyIsAWholeAnswer) {
  AnswerReading reading;
  reading.Feed(Reply(502, "no connection", false));
  ASSERT_TRUE(reading.complete());
  EXPECT_EQ(reading.start(), "502 Bad Gateway 1.1");
  EXPECT_EQ(reading.body(), "mcp-vitals: no connection\n");
  EXPECT_EQ(reading.Value("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(reading.Value("Connection"), "close");
  EXPECT_EQ(reading.left(), "");
}

TEST(RepliesTest, EveryFaultHasItsStatusAndReason) {
  const std::pair<Malformed, int> table[] = {{Malformed::kSyntax, 400},
                                             {Malformed::kHeadTooLarge, 431},
                                             {Malformed::kUriTooLong, 414},
                                             {Malformed::kHttp2, 505}};
  for (const auto& [wrong, status] : table) {
    EXPECT_EQ(StatusOf(wrong), status);
    AnswerReading reading;
    reading.Feed(Reply(StatusOf(wrong), Why(wrong), false));
    EXPECT_TRUE(reading.complete()) << status;
    EXPECT_THAT(reading.body(), testing::HasSubstr(Why(wrong)));
  }
}

TEST(RepliesTest, EveryReplyOfOursHasAReason) {
  for (const int status : {400, 408, 414, 431, 502, 503, 504, 505}) {
    AnswerReading reading;
    reading.Feed(Reply(status, "x", false));
    EXPECT_THAT(reading.start(), testing::Not(testing::HasSubstr("Unknown"))) << status;
  }
}

}  // namespace
}  // namespace mcp_vitals::proxy
