#include "tests/proxy/write_head.h"

// Answers on their way to the client.
namespace mcp_vitals::proxy {
namespace {

using testing::ElementsAre;

// The lines of an answer with this status line's end and these fields.
std::vector<std::string> Answered(std::string_view status, std::string_view fields,
                                  std::optional<Framing> framing = std::nullopt,
                                  std::string_view connection = "", bool to_head = false) {
  const std::string message =
      "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) + "\r\n";
  const MessageLimits limits;
  MessageParser<false> parser(limits, to_head);
  Head head;
  EXPECT_EQ(parser.ReadHead(message, head), Malformed::kNot) << message;
  std::string out;
  const auto upgrade = head.status == 101 ? UpgradeOf(head) : std::string_view();
  WriteAnswerHead(head, framing.value_or(parser.framing()), connection, upgrade, out);
  return LinesOf(out);
}

TEST(HeadWriterTest, AnAnswersFieldsGoOnAsTheyCame) {
  EXPECT_THAT(Answered("200 Fine so far",
                       "mcp-SESSION-id: s\r\nSet-Cookie: a\r\nset-cookie: b\r\n"
                       "X-Accel-Buffering: no\r\nContent-Length: 2\r\n"),
              ElementsAre("HTTP/1.1 200 Fine so far", "mcp-SESSION-id: s", "Set-Cookie: a",
                          "set-cookie: b", "X-Accel-Buffering: no", "Content-Length: 2"));
}

TEST(HeadWriterTest, StatusIsThreeDigitsWhateverItIs) {
  EXPECT_THAT(Answered("999 ", "Content-Length: 0\r\n"),
              ElementsAre("HTTP/1.1 999 ", "Content-Length: 0"));
  EXPECT_THAT(Answered("204 No Content", ""), ElementsAre("HTTP/1.1 204 No Content"));
}

TEST(HeadWriterTest, WhatTheServerSaysToUsEndsHere) {
  EXPECT_THAT(Answered("200 OK",
                       "Connection: keep-alive, x-hop\r\nKeep-Alive: timeout=5\r\n"
                       "X-Hop: 1\r\nProxy-Connection: close\r\nA: b\r\n"
                       "Transfer-Encoding: chunked\r\n"),
              ElementsAre("HTTP/1.1 200 OK", "A: b", "Transfer-Encoding: chunked"));
}

TEST(HeadWriterTest, AnAnswerIsFramedForItsClient) {
  EXPECT_THAT(Answered("200 OK", "", Framing::kChunked),
              ElementsAre("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"));
  EXPECT_THAT(Answered("200 OK", "Transfer-Encoding: chunked\r\n", Framing::kUntilClose, "close"),
              ElementsAre("HTTP/1.1 200 OK", "Connection: close"));
}

TEST(HeadWriterTest, AnAnswerSaysWhetherTheConnectionStays) {
  EXPECT_THAT(
      Answered("200 OK", "Connection: close\r\nContent-Length: 1\r\n", std::nullopt, "keep-alive"),
      ElementsAre("HTTP/1.1 200 OK", "Connection: keep-alive", "Content-Length: 1"));
}

TEST(HeadWriterTest, TheLengthOfABodyThatDoesNotComeIsTold) {
  EXPECT_THAT(Answered("200 OK", "Content-Length: 5\r\n", std::nullopt, "", true),
              ElementsAre("HTTP/1.1 200 OK", "Content-Length: 5"));
  EXPECT_THAT(Answered("304 Not Modified", "Content-Length: 5\r\n"),
              ElementsAre("HTTP/1.1 304 Not Modified", "Content-Length: 5"));
}

// RFC 9110, 8.6.
TEST(HeadWriterTest, ALengthWhereNoneMayBeEndsHere) {
  for (std::string_view status : {"100 Continue", "103 Early Hints", "204 No Content"}) {
    EXPECT_THAT(Answered(status, "Content-Length: 5\r\n"),
                ElementsAre("HTTP/1.1 " + std::string(status)));
    EXPECT_THAT(Answered(status, "Transfer-Encoding: chunked\r\n"),
                ElementsAre("HTTP/1.1 " + std::string(status)));
  }
}

TEST(HeadWriterTest, ChangesTheProtocol) {
  EXPECT_THAT(Answered("101 Switching Protocols",
                       "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: x\r\n",
                       std::nullopt, "Upgrade"),
              ElementsAre("HTTP/1.1 101 Switching Protocols", "Sec-WebSocket-Accept: x",
                          "Upgrade: websocket", "Connection: Upgrade"));
}

}  // namespace
}  // namespace mcp_vitals::proxy
