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

std::string HeaderRedacted(std::string text, std::string_view value) {
  RedactHeader(text, value);
  return text;
}

TEST(RedactTest, HidesTheSecretPartsOfAHeader) {
  EXPECT_EQ(HeaderRedacted("bad token sk-1234!", "Bearer sk-1234"), "bad token [hidden]!");
  EXPECT_EQ(HeaderRedacted("Bearer sk-1234", "Bearer sk-1234"), "[hidden]");
  EXPECT_EQ(HeaderRedacted("abcd and efgh", "sid=abcd; tid=\"efgh\""), "[hidden] and [hidden]");
  EXPECT_EQ(HeaderRedacted("dXNlcg== is wrong", "Basic dXNlcg=="), "[hidden] is wrong");
}

TEST(RedactTest, LeavesNamesAndSchemesOfAHeaderAlone) {
  EXPECT_EQ(HeaderRedacted("Bearer is not Basic", "Bearer sk-1234"), "Bearer is not Basic");
  EXPECT_EQ(HeaderRedacted("session not found", "session=abcd"), "session not found");
}

TEST(RedactTest, HidesTheValuesOfAQuery) {
  std::string text = "no key-1234 for acme, said path";
  RedactQuery(text, "/path?key=key-1234&tenant=acme");
  EXPECT_EQ(text, "no [hidden] for [hidden], said path");
  text = "no key-1234";
  RedactQuery(text, "/path?key-1234");
  EXPECT_EQ(text, "no [hidden]");
}

TEST(RedactTest, QueryAndPasswordAreNotShown) {
  EXPECT_EQ(WithoutSecrets("/message?sessionId=1"), "/message");
  EXPECT_EQ(WithoutSecrets("https://a/b"), "https://a/b");
  EXPECT_EQ(WithoutSecrets("https://user:password@a/b@c?d"), "https://a/b@c");
  EXPECT_EQ(WithoutSecrets("https://a"), "https://a");
}

}  // namespace
}  // namespace mcp_vitals::probe
