#include "proxy/sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mcp_vitals::proxy {
namespace {

constexpr Time kNow{std::chrono::hours(1)};

TEST(SessionsTest, FindsThemByTheirKey) {
  Sessions sessions(10);
  const auto added = sessions.Add("a", kNow);
  ASSERT_TRUE(added);
  EXPECT_EQ(added->key, "a");
  EXPECT_EQ(added->since, kNow);
  EXPECT_EQ(added->last_heard, kNow);
  EXPECT_EQ(sessions.Find("a"), added);
  EXPECT_EQ(sessions.Find("A"), nullptr);
}

TEST(SessionsTest, ANewOneReplacesTheOldOfThatKey) {
  Sessions sessions(1);
  const auto old = sessions.Add("a", kNow);
  const auto young = sessions.Add("a", kNow);
  ASSERT_TRUE(young);
  EXPECT_NE(young, old);
  EXPECT_EQ(sessions.Find("a"), young);
  EXPECT_EQ(sessions.size(), 1u);
}

TEST(SessionsTest, RemovingTheOldDoesNotRemoveTheNew) {
  Sessions sessions(1);
  const auto old = sessions.Add("a", kNow);
  const auto young = sessions.Add("a", kNow);
  sessions.Remove(*old);
  EXPECT_EQ(sessions.Find("a"), young);
  sessions.Remove(*young);
  EXPECT_EQ(sessions.size(), 0u);
  sessions.Remove(*young);
}

TEST(SessionsTest, AreBounded) {
  Sessions sessions(2);
  sessions.Add("a", kNow);
  const auto b = sessions.Add("b", kNow);
  EXPECT_EQ(sessions.Add("c", kNow), nullptr);
  sessions.Remove(*b);
  EXPECT_NE(sessions.Add("c", kNow), nullptr);
}

TEST(SessionsTest, VisitsAll) {
  Sessions sessions(3);
  for (const char* key : {"a", "b", "c"}) sessions.Add(key, kNow);
  std::vector<std::string> keys;
  sessions.ForEach([&](const auto& session) { keys.push_back(session->key); });
  EXPECT_THAT(keys, testing::UnorderedElementsAre("a", "b", "c"));
}

TEST(SessionKeyTest, AnIdIsNoEndpoint) {
  EXPECT_NE(KeyOfId("/m"), KeyOfEndpoint("/m"));
  EXPECT_NE(KeyOfId("1"), KeyOfId("2"));
  EXPECT_EQ(KeyOfId("1"), KeyOfId("1"));
}

TEST(SessionKeyTest, TheParameterCountsAndNotThePath) {
  const std::string key = KeyOfEndpoint("/messages?sessionId=abc");
  for (std::string_view uri :
       {"/messages?sessionId=abc", "/other/messages/?sessionId=abc", "messages?sessionId=abc",
        "https://public.example/mcp/messages?sessionId=abc", "/m?session_id=abc",
        "/m?a=b&sessionId=abc&c=d", "/m?sessionId=abc#fragment", "/m?a&sessionId=abc"}) {
    EXPECT_EQ(KeyOfEndpoint(uri), key) << uri;
  }
}

TEST(SessionKeyTest, OtherParametersAreNoId) {
  const std::string key = KeyOfEndpoint("/messages?sessionId=abc");
  for (std::string_view uri :
       {"/messages?sessionId=abd", "/messages?xsessionId=abc", "/messages?sessionIdx=abc",
        "/messages?sessionid=abc", "/messages?sessionId",
        "/messages?sessionId=", "/messages#?sessionId=abc", "/messages", "/sessionId=abc", ""}) {
    EXPECT_NE(KeyOfEndpoint(uri), key) << uri;
  }
}

TEST(SessionKeyTest, WithoutAParameterThePathAndTheQueryCount) {
  EXPECT_EQ(KeyOfEndpoint("http://h:1/messages/abc?x=1"), KeyOfEndpoint("/messages/abc?x=1"));
  EXPECT_EQ(KeyOfEndpoint("/messages/abc#f"), KeyOfEndpoint("/messages/abc"));
  EXPECT_EQ(KeyOfEndpoint("http://h"), KeyOfEndpoint("/"));
  EXPECT_NE(KeyOfEndpoint("/messages/abc"), KeyOfEndpoint("/messages/abd"));
  EXPECT_NE(KeyOfEndpoint("/messages?x=1"), KeyOfEndpoint("/messages?x=2"));
  EXPECT_EQ(KeyOfEndpoint("/m?to=http://h/a"), KeyOfEndpoint("/m?to=http://h/a"));
  EXPECT_NE(KeyOfEndpoint("/m?to=http://h/a"), KeyOfEndpoint("/a"));
}

TEST(SessionKeyTest, LongNamesMakeNoLongKeys) {
  const std::string name(30'000, 'x');
  for (const auto key : {KeyOfId, KeyOfEndpoint}) {
    EXPECT_LE(key(name).size(), 300u);
    EXPECT_EQ(key(name), key(name));
    EXPECT_NE(key(name), key(name + "y"));
  }
}

}  // namespace
}  // namespace mcp_vitals::proxy
