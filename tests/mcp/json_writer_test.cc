#include "mcp/json_writer.h"

#include <gtest/gtest.h>

#include "mcp/utf8.h"

namespace mcp_vitals::mcp {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

TEST(JsonWriterTest, QuotesText) {
  EXPECT_EQ(Quoted(""), R"("")");
  EXPECT_EQ(Quoted("plain text / ok"), R"("plain text / ok")");
  EXPECT_EQ(Quoted("ä€𝄞"), R"("ä€𝄞")");
}

TEST(JsonWriterTest, EscapesWhatJsonForbids) {
  EXPECT_EQ(Quoted("\"\\"), R"("\"\\")");
  EXPECT_EQ(Quoted("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(Quoted(std::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
}

TEST(JsonWriterTest, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(Quoted("a\xff"
                   "b"),
            R"("a�b")");
  EXPECT_EQ(Quoted("\xc3"), R"("�")");                 // cut short
  EXPECT_EQ(Quoted("\xe2\x82"), R"("��")");            // cut short
  EXPECT_EQ(Quoted("\xc0\xaf"), R"("��")");            // overlong
  EXPECT_EQ(Quoted("\xed\xa0\x80"), R"("���")");       // a surrogate
  EXPECT_EQ(Quoted("\xf4\x90\x80\x80"), R"("����")");  // beyond U+10FFFF
}

TEST(Utf8Test, KnowsEverySequenceAtItsBounds) {
  for (std::string_view good :
       {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(Utf8SequenceLength(good), good.size());
    EXPECT_EQ(Utf8SequenceLength(std::string(good) + "x"), good.size());
    if (good.size() > 1) {
      EXPECT_EQ(Utf8SequenceLength(good.substr(0, good.size() - 1)), 0U);
    }
  }
  for (std::string_view bad :
       {"", "\x80", "\xbf", "\xc1\xbf", "\xc2x", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_EQ(Utf8SequenceLength(bad), 0U);
  }
}

TEST(Utf8Test, APrefixCutsNoCharacter) {
  EXPECT_EQ(Utf8Prefix("abc", 3), "abc");
  EXPECT_EQ(Utf8Prefix("abc", 2), "ab");
  EXPECT_EQ(Utf8Prefix("a€", 3), "a");
  EXPECT_EQ(Utf8Prefix("a€", 4), "a€");
  EXPECT_EQ(Utf8Prefix("€", 1), "");
  EXPECT_EQ(Utf8Prefix("abc", 0), "");
}

}  // namespace
}  // namespace mcp_vitals::mcp
