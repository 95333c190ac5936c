#include "net/http_decoder.h"

#include <gtest/gtest.h>

#include "net/error.h"

namespace mcp_vitals::net {
namespace {

struct Outcome {
  std::optional<HttpHead> head;
  std::string body;
  boost::system::error_code error;  // none: complete
  bool complete = false;
  bool keep_alive = false;
  std::size_t left = 0;  // bytes after the end
};

struct Given {
  std::size_t piece = std::string::npos;  // bytes given at a time
  bool ended = true;                      // the connection ends after the bytes
  HttpLimits limits = {};
  bool head_only = false;
};

// As a client uses the decoder: gives again what was not taken, together with the next piece.
Outcome Decode(std::string_view bytes, const Given& given = {}) {
  HttpDecoder decoder(given.limits, given.head_only);
  Outcome outcome;
  std::size_t begin = 0;
  std::size_t end = 0;
  const auto take = [&] {
    if (decoder.head() != nullptr && !outcome.head) outcome.head = *decoder.head();
    outcome.body += decoder.body();
    decoder.body().clear();
  };
  while (!outcome.error && !decoder.complete() && end < bytes.size()) {
    end += std::min(given.piece, bytes.size() - end);
    std::size_t used = 0;
    do {
      const auto fed = decoder.Feed(bytes.substr(begin, end - begin));
      if (!fed) outcome.error = fed.error();
      used = fed ? *fed : 0;
      begin += used;
      take();
    } while (used > 0 && begin < end && !decoder.complete());
  }
  if (!outcome.error && !decoder.complete() && given.ended) {
    const auto ended = decoder.End();
    if (!ended) outcome.error = ended.error();
  }
  outcome.complete = decoder.complete();
  outcome.keep_alive = !outcome.error && decoder.keep_alive();
  outcome.left = bytes.size() - begin;
  return outcome;
}

struct Good {
  const char* name;
  std::string bytes;
  std::string body;
  bool keep_alive;
};

class GoodAnswerTest : public testing::TestWithParam<Good> {};

TEST_P(GoodAnswerTest, IsDecodedHoweverItIsCut) {
  for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{2}, std::size_t{3},
                                  std::size_t{5}, std::size_t{7}}) {
    const Outcome outcome = Decode(GetParam().bytes, {.piece = piece});
    EXPECT_FALSE(outcome.error) << outcome.error.message() << " in pieces of " << piece;
    EXPECT_TRUE(outcome.complete);
    ASSERT_TRUE(outcome.head);
    EXPECT_EQ(outcome.body, GetParam().body);
    EXPECT_EQ(outcome.keep_alive, GetParam().keep_alive);
  }
}

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = kOk + "Transfer-Encoding: chunked\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table, GoodAnswerTest,
    testing::Values(
        Good{"Length", kOk + "Content-Length: 5\r\n\r\nhello", "hello", true},
        Good{"LengthZero", kOk + "Content-Length: 0\r\n\r\n", "", true},
        Good{"LengthTwiceTheSame", kOk + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", "hi",
             true},
        Good{"LengthAndClose", kOk + "Content-Length: 2\r\nConnection: close\r\n\r\nhi", "hi",
             false},
        Good{"UntilTheEnd", kOk + "\r\nall of it", "all of it", false},
        Good{"UntilTheEndEmpty", kOk + "\r\n", "", false},
        Good{"Http10", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi", false},
        Good{"Http10KeepAlive",
             "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", "hi",
             true},
        Good{"NoReason", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi", "hi", true},
        Good{"Chunked", kChunked + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", true},
        Good{"ChunkedEmpty", kChunked + "0\r\n\r\n", "", true},
        Good{"ChunkedLastSizeLong", kChunked + "1\r\na\r\n0000\r\n\r\n", "a", true},
        Good{"ChunkedOneByte", kChunked + "1\r\na\r\n0\r\n\r\n", "a", true},
        Good{"ChunkedUpperCaseSize", kChunked + "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", true},
        Good{"ChunkedExtensions", kChunked + "2;a=b;c=\"d\"\r\nhi\r\n0;e\r\n\r\n", "hi", true},
        Good{"ChunkedTrailers", kChunked + "2\r\nhi\r\n0\r\nA: b\r\nC: d\r\n\r\n", "hi", true},
        Good{"ChunkedHttp10",
             "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
             "2\r\nhi\r\n0\r\n\r\n",
             "hi", false},
        Good{"NoContent", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "", true},
        Good{"NotModified", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", "",
             true},
        Good{"Continue",
             "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + kOk +
                 "Content-Length: 2\r\n\r\nhi",
             "hi", true},
        Good{"FoldedHeader", kOk + "A: b\r\n  c\r\nContent-Length: 2\r\n\r\nhi", "hi", true}),
    [](const auto& test) { return test.param.name; });

struct Bad {
  const char* name;
  std::string bytes;
  Error error;
};

class BadAnswerTest : public testing::TestWithParam<Bad> {};

TEST_P(BadAnswerTest, IsRefusedHoweverItIsCut) {
  for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{4}}) {
    const Outcome outcome = Decode(GetParam().bytes, {.piece = piece});
    EXPECT_EQ(outcome.error, GetParam().error)
        << outcome.error.message() << " in pieces of " << piece;
  }
}

std::string Headers(int count) {
  std::string headers;
  for (int i = 0; i < count; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  return headers;
}

std::string Repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadAnswerTest,
    testing::Values(
        Bad{"Nothing", "", Error::kNoAnswer},
        Bad{"Garbage", "220 mail.example ESMTP\r\n", Error::kMalformedHttp},
        Bad{"TlsAlert", "\x15\x03\x01\x02\x02\x02\x46", Error::kMalformedHttp},
        Bad{"Http2", "HTTP/2 200\r\n\r\n", Error::kMalformedHttp},
        Bad{"Http9", "<html></html>", Error::kMalformedHttp},
        Bad{"CutStatusLine", "HTTP/1.", Error::kClosedEarly},
        Bad{"CutHead", kOk + "Content-Len", Error::kClosedEarly},
        Bad{"CutBody", kOk + "Content-Length: 5\r\n\r\nhell", Error::kClosedEarly},
        Bad{"CutChunkSize", kChunked + "5", Error::kClosedEarly},
        Bad{"CutChunk", kChunked + "5\r\nhell", Error::kClosedEarly},
        Bad{"CutAfterChunk", kChunked + "5\r\nhello\r\n", Error::kClosedEarly},
        Bad{"CutTrailers", kChunked + "0\r\nA: b\r\n", Error::kClosedEarly},
        Bad{"CutAfterContinue", "HTTP/1.1 100 Continue\r\n\r\n", Error::kClosedEarly},
        Bad{"StatusTooShort", "HTTP/1.1 20 OK\r\n\r\n", Error::kMalformedHttp},
        Bad{"StatusTooLong", "HTTP/1.1 2000 OK\r\n\r\n", Error::kMalformedHttp},
        Bad{"StatusBelow100", "HTTP/1.1 042 Odd\r\n\r\n", Error::kMalformedHttp},
        Bad{"SwitchingProtocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
            Error::kMalformedHttp},
        Bad{"BareLineFeeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n",
            Error::kMalformedHttp},
        Bad{"BareLineFeedInHead", kOk + "A: b\nContent-Length: 0\r\n\r\n", Error::kMalformedHttp},
        Bad{"NulInHeader", kOk + std::string("A: b\0c\r\n\r\n", 11), Error::kMalformedHttp},
        Bad{"SpaceBeforeColon", kOk + "Content-Length : 5\r\n\r\nhello", Error::kMalformedHttp},
        Bad{"HeaderWithoutColon", kOk + "garbage\r\n\r\n", Error::kMalformedHttp},
        Bad{"HeaderWithoutName", kOk + ": x\r\n\r\n", Error::kMalformedHttp},
        Bad{"LengthsDiffer", kOk + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
            Error::kMalformedHttp},
        Bad{"LengthsDifferInList", kOk + "Content-Length: 2, 3\r\n\r\nhi", Error::kMalformedHttp},
        Bad{"LengthNegative", kOk + "Content-Length: -1\r\n\r\n", Error::kMalformedHttp},
        Bad{"LengthOverflows", kOk + "Content-Length: 99999999999999999999\r\n\r\n",
            Error::kMalformedHttp},
        Bad{"LengthAndChunked",
            kOk + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            Error::kMalformedHttp},
        Bad{"ChunkedAndLength",
            kOk + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
            Error::kMalformedHttp},
        Bad{"CodingUnknown", kOk + "Transfer-Encoding: gzip\r\n\r\n", Error::kMalformedHttp},
        Bad{"CodingGzipChunked", kOk + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            Error::kMalformedHttp},
        Bad{"CodingChunkedTwice",
            kOk + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            Error::kMalformedHttp},
        Bad{"ChunkSizeGarbage", kChunked + "xyz\r\nhello", Error::kMalformedHttp},
        Bad{"ChunkSizeNegative", kChunked + "-5\r\nhello", Error::kMalformedHttp},
        Bad{"ChunkSizeOverflows", kChunked + "fffffffffffffffff\r\nhello", Error::kMalformedHttp},
        Bad{"ChunkWithoutLineEnd", kChunked + "2\r\nhiXX0\r\n\r\n", Error::kMalformedHttp},
        Bad{"ChunkBareLineFeed", kChunked + "2\nhi\n0\n\n\r\n\r\n", Error::kMalformedHttp},
        Bad{"ChunkSizeOverTheLimit", kChunked + "ffffffff\r\nhello", Error::kTooLarge},
        Bad{"ChunkExtensionTooLong", kChunked + "5;a=" + std::string(5000, 'x') + "\r\nhello",
            Error::kTooLarge},
        Bad{"LengthOverTheLimit", kOk + "Content-Length: 4294967296\r\n\r\n", Error::kTooLarge},
        Bad{"EndlessHeader", kOk + "A: " + std::string(70'000, 'a'), Error::kTooLarge},
        Bad{"EndlessHeaders", kOk + Headers(20'000), Error::kTooLarge},
        Bad{"TooManyHeaders", kOk + Headers(257) + "\r\n", Error::kTooLarge},
        Bad{"EndlessReason", "HTTP/1.1 200 " + std::string(70'000, 'a'), Error::kTooLarge},
        Bad{"EndlessContinues", Repeat("HTTP/1.1 100 Continue\r\n\r\n", 20), Error::kMalformedHttp},
        Bad{"EndlessChunkSize", kChunked + std::string(70'000, '0'), Error::kTooLarge},
        Bad{"EndlessTrailers", kChunked + "0\r\n" + Headers(20'000), Error::kTooLarge}),
    [](const auto& test) { return test.param.name; });

TEST(HttpDecoderTest, KeepsTheHeadAsItWasSent) {
  const Outcome outcome = Decode(
      "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nwww-authenticate: Bearer  a \r\n"
      "X-Two: 1\r\nX-Two: 2\r\nX-Bytes: \xc3\xa4\xff\r\n\r\n");
  ASSERT_TRUE(outcome.head);
  EXPECT_EQ(outcome.head->status, 401);
  EXPECT_EQ(outcome.head->version, "1.1");
  EXPECT_EQ(outcome.head->headers.size(), 5U);
  EXPECT_EQ(outcome.head->Find("WWW-Authenticate"), "Bearer  a");
  EXPECT_EQ(outcome.head->Find("x-two"), "1");
  EXPECT_EQ(outcome.head->Find("X-Bytes"), "\xc3\xa4\xff");
  EXPECT_EQ(outcome.head->Find("X-Absent"), "");
}

TEST(HttpDecoderTest, TrailersAreNoHeaders) {
  const Outcome outcome = Decode(kChunked + "0\r\nX-Late: 1\r\n\r\n");
  ASSERT_TRUE(outcome.head);
  EXPECT_EQ(outcome.head->Find("X-Late"), "");
}

TEST(HttpDecoderTest, AnAnswerToHeadHasNoBody) {
  const Outcome outcome =
      Decode(kOk + "Content-Length: 4294967296\r\n\r\n", {.ended = false, .head_only = true});
  EXPECT_TRUE(outcome.complete);
  EXPECT_TRUE(outcome.keep_alive);
  EXPECT_FALSE(outcome.error);
}

TEST(HttpDecoderTest, LeavesWhatFollowsTheAnswer) {
  const Outcome outcome = Decode(kOk + "Content-Length: 2\r\n\r\nhiHTTP/1.1 200 OK");
  EXPECT_TRUE(outcome.complete);
  EXPECT_EQ(outcome.left, 15U);
}

TEST(HttpDecoderTest, GivesABodyOfUnknownLengthUpToItsLimit) {
  Given given;
  given.limits.body = 8;
  given.piece = 1;
  EXPECT_TRUE(Decode(kOk + "\r\n12345678", given).complete);
  EXPECT_EQ(Decode(kOk + "\r\n123456789", given).error, Error::kTooLarge);
  EXPECT_EQ(Decode(kChunked + "4\r\n1234\r\n5\r\n56789\r\n0\r\n\r\n", given).error,
            Error::kTooLarge);
}

TEST(HttpDecoderTest, TheLimitOfTheHeadIsExact) {
  const std::string head = kOk + "Content-Length: 0\r\n\r\n";
  for (const std::size_t piece : {std::string::npos, std::size_t{1}}) {
    Given given;
    given.piece = piece;
    given.limits.head = head.size();
    EXPECT_TRUE(Decode(head, given).complete);
    --given.limits.head;
    EXPECT_EQ(Decode(head, given).error, Error::kTooLarge);
  }
}

TEST(HttpDecoderTest, KnowsGarbageByItsFirstByte) {
  HttpDecoder decoder({}, false);
  const auto fed = decoder.Feed("S");
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error(), Error::kMalformedHttp);
}

TEST(HttpDecoderTest, GivesPiecesOfAChunkAsTheyCome) {
  HttpDecoder decoder({}, false);
  ASSERT_TRUE(decoder.Feed(kChunked));
  ASSERT_TRUE(decoder.Feed("9\r\nda"));
  EXPECT_EQ(decoder.body(), "da");
  ASSERT_TRUE(decoder.Feed("t"));
  EXPECT_EQ(decoder.body(), "dat");
}

}  // namespace
}  // namespace mcp_vitals::net
