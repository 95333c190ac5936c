#include <gtest/gtest.h>

#include "proxy/message_parser.h"
#include "tests/proxy/read_message.h"

// Where a body ends, and how it goes on; chunks have their own file.
namespace mcp_vitals::proxy {
namespace {

RequestReading Request(std::string_view fields_and_body, std::string_view version = "1.1") {
  RequestReading reading;
  reading.Feed("POST / HTTP/" + std::string(version) + "\r\nHost: h\r\n");
  reading.Feed(fields_and_body);
  EXPECT_EQ(reading.wrong(), Malformed::kNot) << fields_and_body;
  return reading;
}

struct AnswerCase {
  std::string_view head;
  Framing framing;
};

TEST(FramingTest, ARequestWithoutALengthHasNoBody) {
  EXPECT_EQ(Request("\r\n").framing(), Framing::kNone);
  EXPECT_EQ(Request("\r\n", "1.0").framing(), Framing::kNone);
  EXPECT_EQ(Request("Connection: close\r\n\r\n").framing(), Framing::kNone);
}

TEST(FramingTest, ABodyOfLengthZeroIsNone) {
  const auto reading = Request("Content-Length: 0\r\n\r\nrest");
  EXPECT_EQ(reading.framing(), Framing::kNone);
  EXPECT_EQ(reading.left(), "rest");
}

TEST(FramingTest, ABodyEndsAfterItsLength) {
  const auto reading = Request("Content-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n");
  EXPECT_EQ(reading.framing(), Framing::kLength);
  EXPECT_TRUE(reading.complete());
  EXPECT_EQ(reading.body(), "hello");
  EXPECT_EQ(reading.out(), "hello");
  EXPECT_EQ(reading.left(), "GET / HTTP/1.1\r\n");
}

TEST(FramingTest, ABodyByLengthMayComeInPieces) {
  auto reading = Request("Content-Length: 6\r\n\r\nab");
  for (std::string_view piece : {"c", "de"}) {
    reading.Feed(piece);
    EXPECT_FALSE(reading.complete());
    EXPECT_EQ(reading.left(), "") << "all goes on at once";
  }
  reading.Feed("f");
  EXPECT_TRUE(reading.complete());
  EXPECT_EQ(reading.out(), "abcdef");
}

TEST(FramingTest, LeadingZerosAreDigitsToo) {
  EXPECT_EQ(Request("Content-Length: 003\r\n\r\nabc").body(), "abc");
}

TEST(FramingTest, CodingsAreComparedWithoutCase) {
  EXPECT_EQ(Request("Transfer-Encoding: Chunked\r\n\r\n").framing(), Framing::kChunked);
}

TEST(FramingTest, AnswersEndByTheirStatusFirst) {
  for (std::string_view status :
       {"100 Continue", "103 Early Hints", "204 No Content", "304 Not Modified"}) {
    for (std::string_view fields :
         {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
      AnswerReading reading;
      reading.Feed("HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) + "\r\n");
      EXPECT_EQ(reading.wrong(), Malformed::kNot) << status << fields;
      EXPECT_TRUE(reading.complete()) << status << fields;
      EXPECT_EQ(reading.framing(), Framing::kNone) << status << fields;
    }
  }
}

TEST(FramingTest, AnAnswerToHeadHasNoBody) {
  for (std::string_view fields : {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
    AnswerReading reading(std::nullopt, true);
    reading.Feed("HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n");
    EXPECT_TRUE(reading.complete()) << fields;
    EXPECT_EQ(reading.framing(), Framing::kNone) << fields;
  }
}

TEST(FramingTest, AnswersHaveEveryFraming) {
  const AnswerCase table[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Framing::kNone},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Framing::kLength},
      {"HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\n", Framing::kLength},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Framing::kChunked},
      {"HTTP/1.1 200 OK\r\n\r\n", Framing::kUntilClose},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", Framing::kUntilClose},
      {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", Framing::kLength},
      {"HTTP/1.0 200 OK\r\n\r\n", Framing::kUntilClose},
  };
  for (const auto& [head, framing] : table) {
    AnswerReading reading;
    reading.Feed(head);
    EXPECT_EQ(reading.wrong(), Malformed::kNot) << head;
    EXPECT_EQ(reading.framing(), framing) << head;
  }
}

TEST(FramingTest, ABodyUntilTheCloseEndsWithTheConnection) {
  AnswerReading reading;
  reading.Feed("HTTP/1.1 200 OK\r\n\r\nsome");
  reading.Feed(" text");
  EXPECT_FALSE(reading.complete());
  ASSERT_TRUE(reading.parser().EndsHere());
  reading.parser().End();
  EXPECT_TRUE(reading.complete());
  EXPECT_EQ(reading.out(), "some text");
}

TEST(FramingTest, NoOtherBodyEndsWithTheConnection) {
  for (std::string_view begun : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                                 "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 204 No\r\n\r\n"}) {
    AnswerReading reading;
    reading.Feed(begun);
    EXPECT_FALSE(reading.parser().EndsHere()) << begun;
  }
  RequestReading request;
  request.Feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc");
  EXPECT_FALSE(request.parser().EndsHere());
}

TEST(FramingTest, UntilTheCloseGoesOnInChunks) {
  AnswerReading reading(Framing::kChunked);
  reading.Feed("HTTP/1.0 200 OK\r\n\r\n");
  reading.Feed("some text, 22 bytes...");
  reading.Feed("x");
  EXPECT_EQ(reading.out(), "16\r\nsome text, 22 bytes...\r\n1\r\nx\r\n");
  EXPECT_EQ(Unchunked(reading.out() + "0\r\n\r\n"), "some text, 22 bytes...x");
}

TEST(FramingTest, WhatLooksLikeChunksIsNoneWithoutTheField) {
  AnswerReading reading(Framing::kChunked);
  reading.Feed("HTTP/1.0 200 OK\r\n\r\n0\r\n\r\n");
  EXPECT_FALSE(reading.complete());
  EXPECT_EQ(reading.body(), "0\r\n\r\n");
  EXPECT_EQ(reading.out(), "5\r\n0\r\n\r\n\r\n");
}

TEST(FramingTest, TellsWhetherTheConnectionIsKept) {
  const std::pair<std::string_view, bool> table[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n", false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, close\r\n\r\n", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", true},
      {"HTTP/1.1 200 OK\r\n\r\n", false},
  };
  for (const auto& [head, kept] : table) {
    AnswerReading reading;
    reading.Feed(head);
    EXPECT_EQ(reading.parser().keep_alive(), kept) << head;
  }
}

}  // namespace
}  // namespace mcp_vitals::proxy
