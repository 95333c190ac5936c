#include "mcp/headers.h"

#include <gtest/gtest.h>

#include "mcp/base64.h"

namespace mcp_vitals::mcp {
namespace {

TEST(HeaderValueTest, PlainAsciiPasses) {
  for (std::string_view value :
       {"", "us-west1", "a b", "=?base64", "?=", "=?base64?=", "=?BASE64?QQ==?=", "~!@#$%^&*()"}) {
    EXPECT_EQ(EncodeHeaderValue(value), value);
  }
}

// The table of 2026-07-28, "Value Encoding".
TEST(HeaderValueTest, EncodesWhatTheSpecificationEncodes) {
  EXPECT_EQ(EncodeHeaderValue("Hello, 世界"), "=?base64?SGVsbG8sIOS4lueVjA==?=");
  EXPECT_EQ(EncodeHeaderValue(" padded "), "=?base64?IHBhZGRlZCA=?=");
  EXPECT_EQ(EncodeHeaderValue("line1\nline2"), "=?base64?bGluZTEKbGluZTI=?=");
  EXPECT_EQ(EncodeHeaderValue("=?base64?literal?="), "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=");
}

TEST(HeaderValueTest, EncodesControlsAndSpaceAtEitherEnd) {
  for (std::string_view value : {" a", "a ", " ", "a\tb", "\x7f", "\x01", "\xff"}) {
    const std::string encoded = EncodeHeaderValue(value);
    EXPECT_TRUE(encoded.starts_with("=?base64?")) << value;
    EXPECT_EQ(DecodeHeaderValue(encoded), value);
  }
  EXPECT_EQ(EncodeHeaderValue(std::string_view("a\0b", 3)), "=?base64?YQBi?=");
}

TEST(HeaderValueTest, DecodesWhatItEncodes) {
  std::string value;
  for (int byte = 0; byte < 256; ++byte) {
    value += static_cast<char>(byte);
    EXPECT_EQ(DecodeHeaderValue(EncodeHeaderValue(value)), value);
  }
}

TEST(HeaderValueTest, LeavesValuesThatClaimNoEncoding) {
  for (std::string_view value : {"", "plain", "=?base64?", "=?base64?=", "?=", "=?base64?QQ=="}) {
    EXPECT_EQ(DecodeHeaderValue(value), value);
  }
  EXPECT_EQ(DecodeHeaderValue(std::string("=?base64?") + "?="), "");
}

TEST(HeaderValueTest, RefusesAFalseClaim) {
  for (std::string_view value :
       {"=?base64?Q?=", "=?base64?QQ?=", "=?base64?QQ=?=", "=?base64?Q===?=", "=?base64?QR==?=",
        "=?base64?Q Q=?=", "=?base64?====?=", "=?base64?QQ-_?=", "=?base64?é===?="}) {
    EXPECT_EQ(DecodeHeaderValue(value), std::nullopt) << value;
  }
}

// RFC 4648, section 10.
TEST(Base64Test, EncodesTheVectorsOfTheRfc) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : vectors) {
    EXPECT_EQ(EncodeBase64(text), encoded);
    EXPECT_EQ(DecodeBase64(encoded), text);
  }
  EXPECT_EQ(EncodeBase64("\xfb\xff\xbe"), "+/++");
}

TEST(SessionIdTest, IsVisibleAscii) {
  for (std::string_view id : {"a", "6f1c0ab5-ca0f-4b57-8c41-7a42e1ac8aab", "!~"}) {
    EXPECT_TRUE(IsValidSessionId(id)) << id;
  }
  for (std::string_view id : {"", " ", "a b", "a\n", "é", "\x7f", "\x1f"}) {
    EXPECT_FALSE(IsValidSessionId(id)) << id;
  }
  EXPECT_FALSE(IsValidSessionId(std::string_view("a\0", 2)));
}

TEST(HeaderNameTest, IsAToken) {
  for (std::string_view name : {"A", "Region", "x-1_2.3", "!#$%&'*+-.^_`|~09azAZ"}) {
    EXPECT_TRUE(IsHeaderName(name)) << name;
  }
  for (std::string_view name :
       {"",  " ",  "a b", "a:",  "a\r", "a\n", "é",    "(a)", "a/b", "a\"", "[",
        "@", "{}", "a,b", "a;b", "a=b", "a?b", "a\\b", "<",   ">",   "\x7f"}) {
    EXPECT_FALSE(IsHeaderName(name)) << name;
  }
}

TEST(HeaderNameTest, IsComparedWithoutCase) {
  EXPECT_TRUE(EqualHeaderNames("Mcp-Session-Id", "mcp-session-ID"));
  EXPECT_TRUE(EqualHeaderNames("", ""));
  EXPECT_FALSE(EqualHeaderNames("a", "ab"));
  EXPECT_FALSE(EqualHeaderNames("a", "b"));
  EXPECT_FALSE(EqualHeaderNames("@", "`"));
}

}  // namespace
}  // namespace mcp_vitals::mcp
