#include <gtest/gtest.h>

#include <random>

#include "proxy/message_parser.h"
#include "tests/proxy/read_message.h"

namespace mcp_vitals::proxy {
namespace {

constexpr std::string_view kHead =
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kBody =
    "1\r\na\r\n0005;name=value; other = \"a \\\" b\" ;flag\r\nbcdef\r\n"
    "A\r\n\r\n0\r\n\r\n\r\n\n\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n000\r\nEtag: \"1\"\r\n\r\n";
constexpr std::string_view kText = "abcdef\r\n0\r\n\r\n\r\n\nabcdefghijklmnopqrstuvwxyz";

RequestReading Reading(std::string_view body, std::optional<Framing> to = std::nullopt) {
  RequestReading reading(to);
  reading.Feed(kHead);
  reading.Feed(body);
  return reading;
}

TEST(ChunkedTest, ReadsChunks) {
  const auto reading = Reading(kBody);
  ASSERT_EQ(reading.wrong(), Malformed::kNot);
  EXPECT_TRUE(reading.complete());
  EXPECT_EQ(reading.body(), kText);
}

TEST(ChunkedTest, FramesThemAnew) {
  EXPECT_EQ(Reading("0003;x=y\r\nabc\r\nA\r\n0123456789\r\n0;z\r\n\r\n").out(),
            "3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n");
}

TEST(ChunkedTest, AnEmptyBodyIsItsEndAlone) {
  const auto reading = Reading("0\r\n\r\nrest");
  EXPECT_TRUE(reading.complete());
  EXPECT_EQ(reading.out(), "0\r\n\r\n");
  EXPECT_EQ(reading.left(), "rest");
}

TEST(ChunkedTest, GoesOnWithoutFramingToTheClose) {
  const auto reading = Reading(kBody, Framing::kUntilClose);
  EXPECT_TRUE(reading.complete());
  EXPECT_EQ(reading.out(), kText);
}

TEST(ChunkedTest, EverySplitInTwoGivesTheSame) {
  for (std::size_t i = 0; i <= kBody.size(); ++i) {
    auto reading = Reading(kBody.substr(0, i));
    reading.Feed(kBody.substr(i));
    EXPECT_TRUE(reading.complete()) << i;
    EXPECT_EQ(reading.body(), kText) << i;
    EXPECT_EQ(reading.left(), "") << i;
  }
}

TEST(ChunkedTest, ByteByByteGivesTheSame) {
  auto reading = Reading("");
  for (std::size_t i = 0; i < kBody.size(); ++i) {
    EXPECT_FALSE(reading.complete()) << i;
    reading.Feed(kBody.substr(i, 1));
  }
  EXPECT_TRUE(reading.complete());
  EXPECT_EQ(reading.body(), kText);
}

TEST(ChunkedTest, RandomPiecesGiveTheSame) {
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    std::string sent, text;
    const int chunks = static_cast<int>(random() % 6);
    for (int i = 0; i < chunks; ++i) {
      std::string data(random() % 40 + 1, '\0');
      for (char& c : data) c = "\r\n0a;"[random() % 5];
      sent += (random() % 2 != 0 ? "00" : "") +
              std::string(1, "0123456789abcdef"[data.size() / 16]) +
              std::string(1, "0123456789ABCDEF"[data.size() % 16]) +
              (random() % 2 != 0 ? ";e=\"x;\"" : "") + "\r\n" + data + "\r\n";
      text += data;
    }
    sent += "0\r\n\r\nNEXT";
    auto reading = Reading("");
    for (std::string_view rest = sent; !rest.empty();) {
      const std::size_t size = std::min<std::size_t>(rest.size(), random() % 9 + 1);
      reading.Feed(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    ASSERT_TRUE(reading.complete()) << sent;
    EXPECT_EQ(reading.body(), text);
    EXPECT_EQ(reading.left(), "NEXT");
    const std::string framed = reading.out();
    EXPECT_EQ(Unchunked(framed), text) << framed;
  }
}

TEST(ChunkedTest, DataGoesOnBeforeItsChunkIsWhole) {
  auto reading = Reading("1000\r\nbegun");
  EXPECT_EQ(reading.out(), "5\r\nbegun\r\n");
  reading.Feed("more");
  EXPECT_EQ(reading.out(), "5\r\nbegun\r\n4\r\nmore\r\n");
}

TEST(ChunkedTest, TrailersGoOn) {
  const auto reading = Reading("1\r\na\r\n0\r\nServer-Timing: 1\r\nX-Checksum:  abc \r\n\r\n");
  ASSERT_TRUE(reading.complete());
  EXPECT_EQ(reading.out(), "1\r\na\r\n0\r\nServer-Timing: 1\r\nX-Checksum: abc\r\n\r\n");
  EXPECT_EQ(Reading("0\r\nX: 1\r\n\r\n", Framing::kUntilClose).out(), "");
}

TEST(ChunkedTest, TrailersThatSteerDoNotGoOn) {
  for (std::string_view name : {"Host",
                                "hOST",
                                "Connection",
                                "Keep-Alive",
                                "Proxy-Connection",
                                "TE",
                                "Trailer",
                                "Upgrade",
                                "Authorization",
                                "Cookie",
                                "Set-Cookie",
                                "Content-Type",
                                "Content-Encoding",
                                "Content-Range",
                                "Expect",
                                "Max-Forwards",
                                "Cache-Control",
                                "Proxy-Authorization",
                                "X-Forwarded-For",
                                "x-forwarded-host",
                                "Forwarded",
                                "Mcp-Session-Id",
                                "MCP-Method",
                                "mcp-vitals-probe"}) {
    const auto reading = Reading("0\r\n" + std::string(name) + ": x\r\n\r\n");
    EXPECT_TRUE(reading.wrong() != Malformed::kNot || reading.out() == "0\r\n\r\n") << name;
  }
}

TEST(ChunkedTest, TrailersAreBounded) {
  auto reading = Reading("0\r\n");
  for (int i = 0; i < 2000 && reading.wrong() == Malformed::kNot; ++i) {
    reading.Feed("X: " + std::string(100, 'x') + "\r\n");
  }
  EXPECT_EQ(reading.wrong(), Malformed::kSyntax);
}

TEST(ChunkedTest, ALongBodyHoldsNothingBack) {
  const std::string data(std::size_t{1} << 20, 'x');
  auto reading = Reading("100000\r\n" + data + "\r\n");
  EXPECT_LE(reading.left().size(), 4u);
  reading.Feed("0\r\n\r\n");
  EXPECT_TRUE(reading.complete());
  EXPECT_EQ(reading.body().size(), data.size());
}

TEST(ChunkedTest, AnswersAreReadAlike) {
  AnswerReading reading(Framing::kUntilClose);
  reading.Feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  EXPECT_TRUE(reading.complete());
  EXPECT_EQ(reading.out(), "abc");
}

}  // namespace
}  // namespace mcp_vitals::proxy
