#include "app/text.h"

#include <gmock/gmock.h>

namespace mcp_vitals::app {
namespace {

using testing::ElementsAre;

TEST(PrintableTest, LetsOrdinaryTextPass) {
  EXPECT_EQ(Printable("a b ~", true), "a b ~");
  EXPECT_EQ(Printable("grün 日本 ✔", true), "grün 日本 ✔");
}

TEST(PrintableTest, DisarmsEscapeSequences) {
  EXPECT_EQ(Printable("\x1b]0;title\x07", true), "?]0;title?");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m",
                      true),
            "?31m");  // C1's own escape
  EXPECT_EQ(Printable("a\r\nb\tc\x7f", true), "a??b?c?");
}

TEST(PrintableTest, DisarmsCharactersThatHideOrReorder) {
  EXPECT_EQ(Printable("a\u202eb\u200bc\ufeffd\u2066e", true), "a?b?c?d?e");
}

TEST(PrintableTest, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(Printable("a\xff\xc3 b", true), "a?? b");
  EXPECT_EQ(Printable("\xed\xa0\x80", true), "???");  // a surrogate
}

TEST(PrintableTest, WithoutUnicodeIsAscii) { EXPECT_EQ(Printable("grün ✔", false), "gr?n ?"); }

TEST(ColumnsTest, CountsWideCharactersTwiceAndCombiningOnesNot) {
  EXPECT_EQ(Columns("abc"), 3u);
  EXPECT_EQ(Columns("grün"), 4u);
  EXPECT_EQ(Columns("日本"), 4u);
  EXPECT_EQ(Columns("e\u0301"), 1u);
}

TEST(ShortenTest, CutsNoCharacter) {
  EXPECT_EQ(Shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(Shorten("abcdefg", 6), "abc...");
  EXPECT_EQ(Shorten("日本語日本語", 8), "日本...");
}

TEST(WrapTest, BreaksAtSpaces) {
  EXPECT_THAT(Wrap("one two three", 7, 9), ElementsAre("one two", "three"));
  EXPECT_THAT(Wrap("", 7, 9), ElementsAre());
}

TEST(WrapTest, BreaksALongWordWhereItMust) {
  EXPECT_THAT(Wrap("abcdefghij kl", 5, 9), ElementsAre("abcde", "fghij", "kl"));
}

TEST(WrapTest, ShortensTheLastLine) {
  EXPECT_THAT(Wrap("one two three four five", 9, 2), ElementsAre("one two", "three ..."));
}

TEST(WrapTest, EndsWhenNothingFits) { EXPECT_THAT(Wrap("日", 1, 9), ElementsAre()); }

}  // namespace
}  // namespace mcp_vitals::app
