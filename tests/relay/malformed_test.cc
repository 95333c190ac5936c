#include "tests/relay/relay.h"

// Requests that must not go on: whose end, or whose framing, two readers might see differently.
namespace mcp_vitals::relay {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

class MalformedTest : public RelayTest {
 protected:
  // A server that answers GET alone: nothing else may reach it whole.
  void Start() {
    RelayTest::Start([this](RawSocket& socket) {
      while (Receive(socket).starts_with("GET")) socket.Send(Ok("hi"));
      socket.WaitForClose();
    });
  }
  // What the client of these bytes gets, and that the next one is unharmed.
  int StatusOf(const std::string& bytes) {
    ClientEnd client = Connect();
    client.Send(bytes);
    const Answer answer = client.ReadAnswer();
    EXPECT_THAT(answer.body, StartsWith("mcp-vitals: "));
    EXPECT_EQ(client.ReadToEnd(), "");
    EXPECT_NE(client.end(), End::kNot);
    EXPECT_EQ(Connect().Ask(kGet).body, "hi");
    return answer.status;
  }
};

constexpr std::string_view kPost = "POST /x HTTP/1.1\r\nHost: h\r\n";

TEST_F(MalformedTest, HeadsThatAreNone) {
  Start();
  for (const std::string head : {
           "nonsense\r\n\r\n",
           "GET\r\n\r\n",
           "GET /x\r\n\r\n",
           "GET  /x HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /x HTTP/1.1 \r\nHost: h\r\n\r\n",
           "GET /x HTTP/1.1\nHost: h\n\n",
           "GET /x HTTP/1.1\r\nHost: h\n\r\n",
           "GET /x HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
           "GET /x HTTP/1.1\r\nHost : h\r\n\r\n",
           "GET /x HTTP/1.1\r\n Host: h\r\n\r\n",
           "GET /x HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
           "GET /x HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n",
           "GET /x HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
           "GET /x HTTP/1.1\r\nHost: h\r\n: empty\r\n\r\n",
           "GET /x HTTP/1.1\r\nHost: h\r\nHost: g\r\n\r\n",
           "GET /x HTTP/1.1\r\n\r\n",
           "GET /x HTTP/3.0\r\nHost: h\r\n\r\n",
           "GET /x y HTTP/1.1\r\nHost: h\r\n\r\n",
           "G\x01T /x HTTP/1.1\r\nHost: h\r\n\r\n",
       }) {
    SCOPED_TRACE(head);
    EXPECT_EQ(StatusOf(head), 400);
  }
  EXPECT_EQ(Snapshot().malformed_requests, 19u);
}

TEST_F(MalformedTest, LengthsThatLeaveTheEndOpen) {
  Start();
  for (const std::string framing : {
           "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
           "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
           "Content-Length: 3, 3\r\n\r\nabc",
           "Content-Length: +3\r\n\r\nabc",
           "Content-Length: -3\r\n\r\nabc",
           "Content-Length: 0x3\r\n\r\nabc",
           "Content-Length: \r\n\r\nabc",
           "Content-Length: 99999999999999999999\r\n\r\nabc",
           "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
           "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
           "Transfer-Encoding: identity\r\n\r\nabc",
           "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
       }) {
    SCOPED_TRACE(framing);
    EXPECT_EQ(StatusOf(std::string(kPost) + framing), 400);
  }
}

TEST_F(MalformedTest, Chunks) {
  Start();
  for (const std::string chunks : {
           "x\r\nabc\r\n0\r\n\r\n",
           "-1\r\nabc\r\n0\r\n\r\n",
           "3 \r\nabcd\r\n0\r\n\r\n",
           "3\r\nabcd\r\n0\r\n\r\n",
           "fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
           "10000000000000000\r\nabc\r\n0\r\n\r\n",
           "3\nabc\n0\n\n",
           "3\r\nabc\r\n0\n",
       }) {
    SCOPED_TRACE(chunks);
    EXPECT_EQ(StatusOf(std::string(kPost) + "Transfer-Encoding: chunked\r\n\r\n" + chunks), 400);
  }
}

TEST_F(MalformedTest, WhatIsTooLarge) {
  Start();
  EXPECT_EQ(StatusOf("GET /" + std::string(9 << 10, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n"), 414);
  EXPECT_EQ(StatusOf("GET /" + std::string(200 << 10, 'x')), 414);
  const std::string get = "GET /x HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(StatusOf(get + "X: " + std::string(33 << 10, 'x') + "\r\n\r\n"), 431);
  EXPECT_EQ(StatusOf(get + "X: " + std::string(1 << 20, 'x')), 431);
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X: 1\r\n";
  EXPECT_EQ(StatusOf(get + many + "\r\n"), 431);
}

TEST_F(MalformedTest, Http2WithoutBeingAsked) {
  Start();
  EXPECT_EQ(StatusOf(std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33)), 505);
  EXPECT_EQ(Snapshot().http2_refused, 1u);
  EXPECT_EQ(Snapshot().malformed_requests, 0u);
}

TEST_F(MalformedTest, AGoodRequestBeforeABadOneIsAnswered) {
  Start();
  ClientEnd client = Connect();
  client.Send(std::string(kGet) + "nonsense\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(client.ReadAnswer().body, "hi");
  EXPECT_EQ(client.ReadAnswer().status, 400);
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_THAT(requests(), ElementsAre(kGet));
}

TEST_F(MalformedTest, ABodyThatGoesWrongEndsTheExchangeAtTheServerToo) {
  Event& closed = NewEvent();
  RelayTest::Start([&](RawSocket& socket) {
    socket.ReadSome();
    EXPECT_TRUE(socket.WaitForClose());
    closed.Set();
  });
  ClientEnd client = Connect();
  client.Send(std::string(kPost) + "Transfer-Encoding: chunked\r\n\r\n" + Chunk("good"));
  WaitUntil([this] { return server().open() == 1; }, "the request");
  client.Send("no chunk\r\n");
  EXPECT_EQ(client.ReadAnswer().status, 400);
  EXPECT_TRUE(closed.Wait());
}

// Another answer in the middle of one would be read as a part of it.
TEST_F(MalformedTest, ABodyThatGoesWrongBehindTheAnswersBeginningCutsIt) {
  RelayTest::Start([](RawSocket& socket) {
    socket.ReadSome();
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nso far");
    EXPECT_TRUE(socket.WaitForClose());
  });
  ClientEnd client = Connect();
  client.Send(std::string(kPost) + "Transfer-Encoding: chunked\r\n\r\n" + Chunk("good"));
  EXPECT_THAT(client.ReadUntil("so far"), StartsWith("HTTP/1.1 200 OK\r\n"));
  client.Send("no chunk\r\n");
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(MalformedTest, ManyThatSpeakNonsenseLeaveNothing) {
  Start();
  for (int i = 0; i < 200; ++i) {
    ClientEnd client = Connect();
    client.Send(Noise(static_cast<std::size_t>(i) * 50) + "\r\n\r\n");
    if (i % 3 == 0) client.Reset();
  }
  EXPECT_EQ(Connect().Ask(kGet).body, "hi");
}

}  // namespace
}  // namespace mcp_vitals::relay
