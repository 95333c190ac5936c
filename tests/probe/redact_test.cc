#include "probe/redact.h"

#include <gtest/gtest.h>

namespace mcp_vitals::probe {
namespace {

std::string Redacted(std::string text, std::string_view secret) {
  Redact(text, secret);
  return text;
}

TEST(RedactTest, HidesEveryOccurrence) {
  EXPECT_EQ(Redacted("key-1234 and key-1234", "key-1234"), "[hidden] and [hidden]");
  EXPECT_EQ(Redacted("key-1234key-1234", "key-1234"), "[hidden][hidden]");
}

TEST(RedactTest, HidesAPartThatShorteningHasLeft) {
  EXPECT_EQ(Redacted("token key-12… (more)", "key-1234"), "token [hidden]… (more)");
  EXPECT_EQ(Redacted("key-1… and key-1234…", "key-1234"), "[hidden]… and [hidden]…");
}

TEST(RedactTest, LeavesTheRestAlone) {
  EXPECT_EQ(Redacted("key-5678", "key-1234"), "key-5678");
  EXPECT_EQ(Redacted("nothing…", "key-1234"), "nothing…");
  EXPECT_EQ(Redacted("a b c", "b"), "a b c") << "too short to be a secret";
  EXPECT_EQ(Redacted("text", ""), "text");
}

TEST(RedactTest, QueryIsNotShown) {
  EXPECT_EQ(WithoutQuery("/message?sessionId=1"), "/message");
  EXPECT_EQ(WithoutQuery("https://a/b"), "https://a/b");
}

}  // namespace
}  // namespace mcp_vitals::probe
