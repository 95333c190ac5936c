#include "net/base64.h"

#include <gtest/gtest.h>

#include <utility>

namespace mcp_vitals::net {
namespace {

TEST(Base64Test, EncodesTheVectorsOfTheRfcAndTakesThemBack) {
  for (const auto& [text, encoded] : {std::pair{"", ""},
                                      {"f", "Zg=="},
                                      {"fo", "Zm8="},
                                      {"foo", "Zm9v"},
                                      {"foob", "Zm9vYg=="},
                                      {"fooba", "Zm9vYmE="},
                                      {"foobar", "Zm9vYmFy"},
                                      {"\xfb\xff\xbe", "+/++"}}) {
    EXPECT_EQ(EncodeBase64(text), encoded);
    EXPECT_EQ(DecodeBase64(encoded), text);
  }
}

TEST(Base64Test, CarriesAnyBytes) {
  std::string bytes;
  for (int size = 0; size < 600; ++size) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
    bytes += static_cast<char>(size * 7);
  }
}

TEST(Base64Test, TakesTheCanonicalFormAlone) {
  for (const char* text : {"Z",    "Zg",   "Zg=",    "Zg===",      "Zh==",
                           "Zm9=", "====", "=",      "Z===",       "Zg==Zg==",
                           "Z=g=", "=Zg=", "Zm9v\n", " Zm9v",      "Zm9v ",
                           "    ", "Zm-_", "Zm9v?",  "\xc3\xa9==", "Zm9vYg==\n\n\n\n"}) {
    EXPECT_FALSE(DecodeBase64(text)) << text;
  }
  EXPECT_FALSE(DecodeBase64(std::string_view("Zm9v\0\0\0\0", 8)));
}

}  // namespace
}  // namespace mcp_vitals::net
