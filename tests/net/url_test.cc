#include "net/url.h"

#include <gtest/gtest.h>

#include "net/error.h"
#include "net/redirect.h"

namespace mcp_vitals::net {
namespace {

struct Parts {
  const char* text;
  bool https;
  const char* host;
  int port;
  const char* target;
  const char* again;  // as written by ToString
};

class UrlPartsTest : public testing::TestWithParam<Parts> {};

TEST_P(UrlPartsTest, AreTakenApart) {
  const Parts& expected = GetParam();
  const auto url = ParseUrl(expected.text);
  ASSERT_TRUE(url) << expected.text;
  EXPECT_EQ(url->https, expected.https);
  EXPECT_EQ(url->host, expected.host);
  EXPECT_EQ(url->port, expected.port);
  EXPECT_EQ(url->target, expected.target);
  EXPECT_EQ(url->ToString(), expected.again);
  const auto again = ParseUrl(url->ToString());
  ASSERT_TRUE(again);
  EXPECT_TRUE(SameOrigin(*url, *again));
  EXPECT_EQ(again->target, url->target);
}

INSTANTIATE_TEST_SUITE_P(
    Table, UrlPartsTest,
    testing::Values(
        Parts{"http://example.com", false, "example.com", 80, "/", "http://example.com/"},
        Parts{"https://example.com", true, "example.com", 443, "/", "https://example.com/"},
        Parts{"HTTPS://Example.COM:443/Mcp", true, "example.com", 443, "/Mcp",
              "https://example.com/Mcp"},
        Parts{"http://example.com:443/", false, "example.com", 443, "/", "http://example.com:443/"},
        Parts{"http://example.com:/a", false, "example.com", 80, "/a", "http://example.com/a"},
        Parts{"http://h:65535/a?b=c&d", false, "h", 65535, "/a?b=c&d", "http://h:65535/a?b=c&d"},
        Parts{"http://h?q", false, "h", 80, "/?q", "http://h/?q"},
        Parts{"http://h/a%20b#part", false, "h", 80, "/a%20b", "http://h/a%20b"},
        Parts{"http://h/#part", false, "h", 80, "/", "http://h/"},
        Parts{"http://h/a//b/../c", false, "h", 80, "/a//b/../c", "http://h/a//b/../c"},
        Parts{"http://192.0.2.1:8080/x", false, "192.0.2.1", 8080, "/x", "http://192.0.2.1:8080/x"},
        Parts{"http://[2001:DB8::1]/", false, "2001:db8::1", 80, "/", "http://[2001:db8::1]/"},
        Parts{"https://[::1]:8443/m", true, "::1", 8443, "/m", "https://[::1]:8443/m"},
        Parts{"http://[fe80::1%25eth0]:80/", false, "fe80::1%eth0", 80, "/",
              "http://[fe80::1%25eth0]/"},
        Parts{"http://[fe80::1%eth0]/", false, "fe80::1%eth0", 80, "/", "http://[fe80::1%25eth0]/"},
        Parts{"http://my_server.mcp.svc/", false, "my_server.mcp.svc", 80, "/",
              "http://my_server.mcp.svc/"}));

class BadUrlTest : public testing::TestWithParam<const char*> {};

TEST_P(BadUrlTest, IsRefused) {
  const auto url = ParseUrl(GetParam());
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error(), Error::kBadUrl);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadUrlTest,
    testing::Values("", "example.com", "/mcp", "//example.com/", "ftp://example.com/", "http://",
                    "http:///mcp", "http:/example.com", "http://:80/", "http://user@example.com/",
                    "http://user:secret@example.com/", "http://@example.com/", "http://h:0/",
                    "http://h:65536/", "http://h:65537/", "http://h:99999/",
                    "http://h:99999999999999999999/", "http://h:-1/", "http://h:8o/", "http://a b/",
                    "http://h/a b", "http://h/\r\nX: y", "http://h/\xc3\xa4",
                    "http://\xc3\xa4.example/", "http://a%2fb/", "http://a%00/", "http://[::1/",
                    "http://::1/", "http://[v1.x]/", "http://[fe80::1%]/", "http://[fe80::1%a/b]/",
                    "http://[1.2.3.4%eth0]/", "http://h/%zz", "http://h/[x]"));

TEST(UrlTest, AnOverlongUrlIsRefused) {
  EXPECT_TRUE(ParseUrl("http://h/" + std::string(8000, 'a')));
  EXPECT_FALSE(ParseUrl("http://h/" + std::string(9000, 'a')));
}

TEST(UrlTest, AuthorityLeavesOutTheZoneAndTheSchemesPort) {
  EXPECT_EQ(ParseUrl("http://[fe80::1%25eth0]:8080/")->Authority(), "[fe80::1]:8080");
  EXPECT_EQ(ParseUrl("https://example.com:443/")->Authority(), "example.com");
  EXPECT_EQ(ParseUrl("http://example.com:443/")->Authority(), "example.com:443");
}

TEST(UrlTest, OriginAlwaysHasThePort) {
  EXPECT_EQ(ParseUrl("https://Example.com/x")->Origin(), "https://example.com:443");
  EXPECT_EQ(ParseUrl("http://[::1]/")->Origin(), "http://[::1]:80");
}

struct Reference {
  const char* base;
  const char* reference;
  const char* resolved;  // "": refused
};

class ResolveTest : public testing::TestWithParam<Reference> {};

TEST_P(ResolveTest, FollowsRfc3986) {
  const auto base = ParseUrl(GetParam().base);
  ASSERT_TRUE(base);
  const auto resolved = Resolve(*base, GetParam().reference);
  EXPECT_EQ(resolved ? resolved->ToString() : "", GetParam().resolved);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ResolveTest,
    testing::Values(Reference{"http://h/sse", "/message?sessionId=1",
                              "http://h/message?sessionId=1"},
                    Reference{"http://h/a/sse", "message", "http://h/a/message"},
                    Reference{"http://h/a/sse", "../message", "http://h/message"},
                    Reference{"http://h/a/sse?x=1", "?sessionId=2", "http://h/a/sse?sessionId=2"},
                    Reference{"http://h/a/sse?x=1", "", "http://h/a/sse?x=1"},
                    Reference{"http://h/a/sse", "#f", "http://h/a/sse"},
                    Reference{"http://h/a/b", "../../../c", "http://h/c"},
                    Reference{"http://h/a/b", "..", "http://h/"},
                    Reference{"http://h/a/b", "../..", "http://h/"},
                    Reference{"http://h/a/b", "../..?x", "http://h/?x"},
                    Reference{"http://h/a/b", "http://h/c/../d", "http://h/d"},
                    Reference{"http://h/a/b", "/c/../../d", "http://h/d"},
                    Reference{"http://h/a/b", "./c/./d/../e", "http://h/a/c/e"},
                    Reference{"https://h/a", "//other:8443/b", "https://other:8443/b"},
                    Reference{"https://h/a", "http://other", "http://other/"},
                    Reference{"http://h/a", "HTTP://Other/B", "http://other/B"},
                    Reference{"http://h/a", "http://[::1]:9/b", "http://[::1]:9/b"},
                    Reference{"http://[fe80::1%25eth0]/a", "/b", "http://[fe80::1%25eth0]/b"},
                    Reference{"http://[fe80::1%25eth0]:81/a", "http://[fe80::1]:82/b",
                              "http://[fe80::1%25eth0]:82/b"},
                    Reference{"http://h/a", "ftp://h/b", ""},
                    Reference{"http://h/a", "javascript:alert(1)", ""},
                    Reference{"http://h/a", "http://user@h/b", ""},
                    Reference{"http://h/a", "/b\r\nX: y", ""},
                    Reference{"http://h/a", "http://h:0/", ""}));

struct Redirect {
  const char* from;
  const char* method;
  int status;
  const char* location;
  const char* to;  // "": refused
};

class RedirectTest : public testing::TestWithParam<Redirect> {};

TEST_P(RedirectTest, IsFollowedOnlyWhereItIsSafe) {
  const Redirect& redirect = GetParam();
  const auto to =
      FollowRedirect(*ParseUrl(redirect.from), redirect.method, redirect.status, redirect.location);
  EXPECT_EQ(to ? to->ToString() : "", redirect.to);
  if (!to) {
    EXPECT_EQ(to.error(), Error::kRedirectNotAllowed);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RedirectTest,
    testing::Values(Redirect{"http://h/mcp", "POST", 307, "/mcp/", "http://h/mcp/"},
                    Redirect{"http://h/mcp", "POST", 308, "https://h/mcp", "https://h/mcp"},
                    Redirect{"http://h/mcp", "DELETE", 308, "/x", "http://h/x"},
                    Redirect{"http://h/mcp", "POST", 301, "/mcp/", ""},
                    Redirect{"http://h/mcp", "POST", 302, "/mcp/", ""},
                    Redirect{"http://h/mcp", "POST", 303, "/mcp/", ""},
                    Redirect{"http://h/mcp", "GET", 301, "/mcp/", "http://h/mcp/"},
                    Redirect{"http://h/mcp", "GET", 302, "/mcp/", "http://h/mcp/"},
                    Redirect{"http://h/mcp", "GET", 303, "/mcp/", "http://h/mcp/"},
                    Redirect{"http://h/mcp", "HEAD", 302, "/mcp/", "http://h/mcp/"},
                    Redirect{"https://h/mcp", "POST", 307, "http://h/mcp/", ""},
                    Redirect{"https://h/mcp", "GET", 302, "http://h/mcp/", ""},
                    Redirect{"https://h/mcp", "GET", 302, "//h:80/", "https://h:80/"},
                    Redirect{"http://h/mcp", "GET", 302, "", ""},
                    Redirect{"http://h/mcp", "GET", 302, "ftp://h/", ""},
                    Redirect{"http://h/mcp", "GET", 302, "http://u:p@h/", ""},
                    Redirect{"http://h/mcp", "GET", 200, "/x", ""},
                    Redirect{"http://h/mcp", "GET", 304, "/x", ""}));

TEST(RedirectStatusTest, OnlyFiveStatusesAreRedirects) {
  int redirects = 0;
  for (int status = 100; status < 1000; ++status) redirects += IsRedirect(status) ? 1 : 0;
  EXPECT_EQ(redirects, 5);
  for (const int status : {301, 302, 303, 307, 308}) EXPECT_TRUE(IsRedirect(status));
}

}  // namespace
}  // namespace mcp_vitals::net
