#include "tests/proxy/refuse_message.h"

// Chunks and trailers that two readers may understand in two ways: RFC 9112, 7.1.
namespace mcp_vitals::proxy {
namespace {

TEST(SmugglingTest, ChunkSizes) {
  for (std::string_view body : {"\r\nabc\r\n0\r\n\r\n",
                                "g\r\nabc\r\n0\r\n\r\n",
                                "-3\r\nabc\r\n0\r\n\r\n",
                                "+3\r\nabc\r\n0\r\n\r\n",
                                "0x3\r\nabc\r\n0\r\n\r\n",
                                "0X3\r\nabc\r\n0\r\n\r\n",
                                "3_0\r\nabc\r\n0\r\n\r\n",
                                "3h\r\nabc\r\n0\r\n\r\n",
                                " 3\r\nabc\r\n0\r\n\r\n",
                                "\t3\r\nabc\r\n0\r\n\r\n",
                                "3 \r\nabc\r\n0\r\n\r\n",
                                "3\t\r\nabc\r\n0\r\n\r\n",
                                "3 3\r\nabc\r\n0\r\n\r\n",
                                "3,3\r\nabc\r\n0\r\n\r\n",
                                "3.0\r\nabc\r\n0\r\n\r\n",
                                "3\nabc\n0\n\n\r\n\r\n",
                                "3\rabc\r\n0\r\n\r\n",
                                "3\r\r\nabc\r\n0\r\n\r\n",
                                "10000000000000000\r\nabc\r\n0\r\n\r\n",
                                "10000000000000003\r\nabc\r\n0\r\n\r\n",
                                "fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
                                "00000000000000000\r\n0x\r\n0\r\n\r\n",
                                "\"3\"\r\nabc\r\n0\r\n\r\n",
                                ";a\r\nabc\r\n0\r\n\r\n"}) {
    EXPECT_TRUE(RequestIsRefused(Chunked(body))) << body;
  }
}

TEST(SmugglingTest, ChunksThatEndOtherwise) {
  for (std::string_view body :
       {"3\r\nabcd\r\n0\r\n\r\n", "3\r\nabc0\r\n\r\n\r\n", "3\r\nabc\n0\r\n\r\n",
        "3\r\nabc\r0\r\n\r\n", "3\r\nabc\n\r0\r\n\r\n", "3\r\nabc\r\n\r\n0\r\n\r\n",
        "3\r\nab\r\n0\r\n\r\n", "3\r\nabcXX0\r\n\r\n", "0\r\nX\r\n\r\n", "0\n\r\n\r\n"}) {
    EXPECT_TRUE(RequestIsRefused(Chunked(body))) << body;
  }
}

TEST(SmugglingTest, ChunkExtensions) {
  for (std::string_view extension :
       {";",           ";;a",       ";=a",      "; ",     ";a=",         ";a b",
        ";a=b c",      ";a=\"b\"c", "x",        "=a",     " a",          ";a=\"\n\"",
        ";a=\"x\ny\"", ";a\n",      ";\na",     ";a=b\n", ";a=\"\x01\"", ";a=\"\\\n\"",
        ";a=\"\x7f\"", "\n;a",      ";a=\"\r\""}) {
    EXPECT_TRUE(RequestIsRefused(Chunked("3" + std::string(extension) + "\r\nabc\r\n0\r\n\r\n")))
        << extension;
    EXPECT_TRUE(RequestIsRefused(Chunked("0" + std::string(extension) + "\r\n\r\n"))) << extension;
  }
  EXPECT_TRUE(RequestIsRefused(Chunked("3;a=" + std::string(2000, 'x') + "\r\nabc\r\n0\r\n\r\n")));
}

TEST(SmugglingTest, AQuoteDoesNotHideTheEndOfALine) {
  RequestReading reading;
  reading.Feed(Chunked("3;a=\"\r\nabc\r\n0\r\n\r\n"));
  EXPECT_EQ(reading.out(), "") << "undecided";
  reading.Feed("GET /\" HTTP/1.1\r\n");
  EXPECT_EQ(reading.wrong(), Malformed::kSyntax);
  EXPECT_EQ(reading.out(), "");
}

TEST(SmugglingTest, ChunkExtensionsWithoutAnEnd) {
  RequestReading reading;
  reading.Feed(Chunked("3;a="));
  for (int i = 0; i < 100; ++i) reading.Feed(std::string(1000, 'x'));
  EXPECT_EQ(reading.wrong(), Malformed::kSyntax);
}

TEST(SmugglingTest, Trailers) {
  for (std::string_view trailer :
       {"Content-Length: 5", "content-length:0", "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip", " A: b", "A : b", ": b", "A: b\r\n c", "A:\r\n b", "A: b\nC: d",
        "A: b\rC: d", "A", "A: \x01", "GET / HTTP/1.1"}) {
    EXPECT_TRUE(RequestIsRefused(Chunked("1\r\na\r\n0\r\n" + std::string(trailer) + "\r\n\r\n")))
        << trailer;
  }
  std::string nul = "A: x";
  nul += '\0';
  EXPECT_TRUE(RequestIsRefused(Chunked("0\r\n" + nul + "\r\n\r\n")));
}

}  // namespace
}  // namespace mcp_vitals::proxy
