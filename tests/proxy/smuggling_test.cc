#include "tests/proxy/refuse_message.h"

// Messages that two readers may understand in two ways: nobody in the middle may pass them on.
// RFC 9112, 2.2, 5, 6.3, 7.1 and 11.2.
namespace mcp_vitals::proxy {
namespace {

TEST(SmugglingTest, TheFormsBelowAreGoodOtherwise) {
  EXPECT_FALSE(RequestIsRefused("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(RequestIsRefused(With("Content-Length: 5\r\n") + "hello"));
  EXPECT_FALSE(RequestIsRefused(Chunked("5\r\nhello\r\n0\r\n\r\n")));
}

TEST(SmugglingTest, ALengthAndACodingTogether) {
  for (std::string_view length : {"Content-Length: 5\r\n", "content-length:5\r\n"}) {
    for (std::string_view coding :
         {"Transfer-Encoding: chunked\r\n", "transfer-encoding:chunked\r\n",
          "Transfer-Encoding: identity\r\n", "Transfer-Encoding:\r\n"}) {
      EXPECT_TRUE(RequestIsRefused(With(std::string(length) + std::string(coding)))) << coding;
      EXPECT_TRUE(RequestIsRefused(With(std::string(coding) + std::string(length)))) << coding;
      EXPECT_TRUE(RequestIsRefused(With(std::string(coding) + "A: b\r\n" + std::string(length))))
          << coding;
    }
  }
}

TEST(SmugglingTest, SeveralLengths) {
  EXPECT_TRUE(RequestIsRefused(With("Content-Length: 5\r\nContent-Length: 5\r\n")));
  EXPECT_TRUE(RequestIsRefused(With("Content-Length: 5\r\nContent-Length: 6\r\n")));
  EXPECT_TRUE(RequestIsRefused(With("Content-Length: 0\r\nA: b\r\ncontent-length: 5\r\n")));
}

TEST(SmugglingTest, LengthsThatAreNoNumber) {
  for (std::string_view value : {"",
                                 " ",
                                 "5, 5",
                                 "5,5",
                                 "5 5",
                                 "5,",
                                 ",5",
                                 "+5",
                                 "-5",
                                 "-0",
                                 "0x5",
                                 "5h",
                                 "5.0",
                                 "1e1",
                                 "\"5\"",
                                 "5;a",
                                 "5_0",
                                 "\xd9\xa5",
                                 "\2405",
                                 "5\x0b",
                                 "99999999999999999999",
                                 "18446744073709551616",
                                 "18446744073709551621",
                                 "9223372036854775808",
                                 "0000000000000000000000000005"}) {
    EXPECT_TRUE(RequestIsRefused(With("Content-Length: " + std::string(value) + "\r\n"))) << value;
  }
}

TEST(SmugglingTest, CodingsOtherThanChunked) {
  for (std::string_view value : {"",
                                 "identity",
                                 "gzip",
                                 "gzip, chunked",
                                 "chunked, gzip",
                                 "chunked, chunked",
                                 "chunked, identity",
                                 "identity, chunked",
                                 "xchunked",
                                 "chunkedx",
                                 "chunked;q=1",
                                 "chunked; a",
                                 ", chunked",
                                 "chunked,",
                                 "\"chunked\"",
                                 "'chunked'",
                                 "chunked chunked",
                                 "\013chunked",
                                 "chunked\x0c",

                                 "\240chunked",
                                 "chunk",
                                 "ch unked",
                                 "cow",
                                 "[chunked]"}) {
    EXPECT_TRUE(RequestIsRefused(With("Transfer-Encoding: " + std::string(value) + "\r\n")))
        << value;
  }
  EXPECT_TRUE(
      RequestIsRefused(With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")));
  EXPECT_TRUE(
      RequestIsRefused(With("Transfer-Encoding: chunked\r\nTransfer-encoding: identity\r\n")));
  EXPECT_TRUE(
      RequestIsRefused(With("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n")));
}

TEST(SmugglingTest, SpaceAroundTheCodingGoesOrIsRefused) {
  for (std::string_view value : {"\tchunked", "  chunked", "chunked \t", "chunked\t"}) {
    RequestReading reading;
    reading.Feed(With("Transfer-Encoding:" + std::string(value) + "\r\n"));
    EXPECT_EQ(reading.framing(), Framing::kChunked) << value;
    EXPECT_EQ(reading.Value("Transfer-Encoding"), "chunked");
  }
}

TEST(SmugglingTest, ACodingInHttp10) {
  EXPECT_TRUE(RequestIsRefused("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_TRUE(IsRefused<false>("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
}

TEST(SmugglingTest, FoldedLines) {
  for (std::string_view fields :
       {"A: b\r\n c\r\n", "A: b\r\n\tc\r\n", "A: b\r\n \r\n", "A:\r\n b\r\n", "A: \r\n\tb\r\n",
        "A:\r\n \r\n", "Content-Length:\r\n 5\r\n", "Content-Length: 5\r\n 6\r\n",
        "Transfer-Encoding:\r\n chunked\r\n", "Transfer-Encoding: x\r\n chunked\r\n",
        "X:\r\n Content-Length: 5\r\n", "A: b\r\n \r\n \r\n c\r\n"}) {
    EXPECT_TRUE(RequestIsRefused(With(fields))) << fields;
  }
  EXPECT_TRUE(RequestIsRefused("GET / HTTP/1.1\r\n Host: h\r\n\r\n")) << "before the first field";
}

TEST(SmugglingTest, LinesThatEndOtherwise) {
  for (std::string_view message :
       {"GET / HTTP/1.1\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\rA: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n",
        "GET / HTTP/1.1\rHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nA: b\n\r\n\r\n",
        "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: b\nContent-Length: 5\r\n\r\nhello"}) {
    EXPECT_TRUE(RequestIsRefused(message)) << message;
  }
}

TEST(SmugglingTest, ControlCharacters) {
  for (int code = 0; code < 256; ++code) {
    const char c = static_cast<char>(code);
    if (code == '\n' || code == '\r') continue;  // above
    const bool control = (code < 0x20 && c != '\t') || code == 0x7f;
    EXPECT_EQ(RequestIsRefused(With(std::string("A: x") + c + "y\r\n")), control) << code;
    EXPECT_EQ(RequestIsRefused(With(std::string("A: ") + c + "\r\n")), control) << code;
    if (control || code >= 0x80) {
      EXPECT_TRUE(RequestIsRefused(With(std::string("A") + c + "B: x\r\n"))) << code;
      EXPECT_TRUE(RequestIsRefused(std::string("GE") + c + "T / HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    if (control || c == '\t') {
      EXPECT_TRUE(RequestIsRefused(std::string("GET /a") + c + " HTTP/1.1\r\nHost: h\r\n\r\n"))
          << code;
    }
  }
}

TEST(SmugglingTest, NamesThatAreNone) {
  for (std::string_view line : {"Content-Length : 5",
                                "Content-Length\t: 5",
                                " Content-Length: 5",
                                "\tContent-Length: 5",
                                ": x",
                                " : x",
                                ":",
                                "A B: x",
                                "A(B): x",
                                "A,B: x",
                                "A/B: x",
                                "A;B: x",
                                "A\"B: x",
                                "[A]: x",
                                "{A}: x",
                                "A@B: x",
                                "A=B: x",
                                "A<B>: x",
                                "A\\B: x",
                                "Transfer-Encoding : chunked",
                                "A"}) {
    EXPECT_TRUE(RequestIsRefused(With(std::string(line) + "\r\n"))) << line;
  }
}

TEST(SmugglingTest, Hosts) {
  EXPECT_TRUE(RequestIsRefused("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(RequestIsRefused("GET / HTTP/1.1\r\nA: b\r\n\r\n"));
  EXPECT_TRUE(RequestIsRefused("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(RequestIsRefused("GET / HTTP/1.1\r\nHost: h\r\nhost: i\r\n\r\n"));
  EXPECT_TRUE(RequestIsRefused("GET / HTTP/1.0\r\nHost: h\r\nHost: i\r\n\r\n"));
  EXPECT_FALSE(RequestIsRefused("GET / HTTP/1.0\r\n\r\n"));
}

TEST(SmugglingTest, RequestLines) {
  for (std::string_view line : {"GET /",
                                "GET / ",
                                "GET",
                                "/",
                                " ",
                                "GET  / HTTP/1.1",
                                "GET /  HTTP/1.1",
                                "GET\t/ HTTP/1.1",
                                "GET /\tHTTP/1.1",
                                " GET / HTTP/1.1",
                                "GET / HTTP/1.1 ",
                                "GET / HTTP/1.1\t",
                                "GET HTTP/1.1",
                                "GET  HTTP/1.1",
                                "GET / HTTP/0.9",
                                "GET / HTTP/1.2",
                                "GET / HTTP/2.0",
                                "GET / HTTP/2",
                                "GET / HTTP/3.0",
                                "GET / HTTP/1",
                                "GET / HTTP/1.10",
                                "GET / HTTP/01.1",
                                "GET / HTTP/1,1",
                                "GET / HTTP/11",
                                "GET / HTTP/+1.1",
                                "GET / http/1.1",
                                "GET / Http/1.1",
                                "GET / HTTPS/1.1",
                                "GET / ICY/1.1",
                                "GET / HTTP /1.1",
                                "GET / HTTP/1.1x",
                                "GET /a b HTTP/1.1",
                                "GET / HTTP/1.1 HTTP/1.1",
                                "G(T / HTTP/1.1",
                                "GET: / HTTP/1.1",
                                "G,T / HTTP/1.1",
                                "PRI * HTTP/2.0",
                                "CONNECT h:443 HTTP/1.1",
                                "CONNECT / HTTP/1.1"}) {
    EXPECT_TRUE(RequestIsRefused(std::string(line) + "\r\nHost: h\r\n\r\n")) << line;
  }
}

TEST(SmugglingTest, TargetsOfOtherFormsThanAServersOwn) {
  for (std::string_view target : {"mcp", "h:80", "?a", "#a", "*a", "\\mcp"}) {
    EXPECT_TRUE(RequestIsRefused("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
        << target;
  }
  EXPECT_FALSE(RequestIsRefused("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"));
}

TEST(SmugglingTest, Answers) {
  for (std::string_view head :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n",
        "HTTP/1.1 200 OK\r\nA:\r\n b\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n",
        "HTTP/1.1 20 OK\r\n",
        "HTTP/1.1 2000 OK\r\n",
        "HTTP/1.1 099 OK\r\n",
        "HTTP/1.1 000 OK\r\n",
        "HTTP/1.1 2x0 OK\r\n",
        "HTTP/1.1 -20 OK\r\n",
        "HTTP/1.1  200 OK\r\n",
        "HTTP/1.1 200 O\x01K\r\n",
        "HTTP/1.1 200 O\rK\r\n",
        "HTTP/2.0 200 OK\r\n",
        "HTTP/1.2 200 OK\r\n",
        "HTTP/0.9 200 OK\r\n",
        "http/1.1 200 OK\r\n",
        "200 OK\r\n",
        "GET / HTTP/1.1\r\n",
        "ICY 200 OK\r\n",
        "HTTP/1.1 200 OK\nA: b\r\n"}) {
    EXPECT_TRUE(IsRefused<false>(std::string(head) + "\r\n")) << head;
  }
}

}  // namespace
}  // namespace mcp_vitals::proxy
