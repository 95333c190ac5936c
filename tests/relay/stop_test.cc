#include "tests/relay/relay.h"

// Stop, whatever goes on: everything ends, and nothing is left (TearDown looks).
namespace mcp_vitals::relay {
namespace {

class StopTest : public RelayTest {};

TEST_F(StopTest, Idle) {
  Start(Always(Ok("hi")));
  ClientEnd silent = Connect();
  ClientEnd kept = Connect();
  kept.Ask(kGet);
  Stop();
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_EQ(kept.ReadToEnd(), "");
}

TEST_F(StopTest, InTheMiddleOfRequests) {
  Start([](RawSocket& socket) { socket.WaitForClose(); });
  ClientEnd head = Connect();
  ClientEnd body = Connect();
  head.Send("GET /x HT");
  body.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  WaitUntil([this] { return server().open() == 1; }, "the request");
  Stop();
  EXPECT_EQ(head.ReadToEnd(), "");
  EXPECT_EQ(body.ReadToEnd(), "");
}

TEST_F(StopTest, WhileAnswersAreAwaitedAndStreamsLive) {
  Start([this](RawSocket& socket) {
    if (Receive(socket).starts_with("GET /mcp")) {
      socket.Send(std::string(kStreamHead) + Chunk("data: x\n\n"));
    }
    socket.WaitForClose();
  });
  ClientEnd waiting = Connect();
  ClientEnd stream = Connect();
  waiting.Send(kGet);
  stream.Send(kGetStream);
  stream.ReadUntil("data: x\n\n");
  WaitUntil([this] { return requests().size() == 2; }, "the requests");
  Stop();
  EXPECT_EQ(waiting.ReadToEnd(), "");
  EXPECT_EQ(stream.ReadToEnd().find("0\r\n"), std::string::npos);
}

TEST_F(StopTest, WhileAClientDoesNotRead) {
  constexpr std::size_t kSize = 1'000'000'000;
  std::atomic<std::size_t> sent = 0;
  Event& over = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
    const std::string piece(64 << 10, 'x');
    while (socket.Send(piece)) sent += piece.size();
    if (socket.WaitForClose()) over.Set();
  });
  ClientEnd deaf = Connect(4096);
  deaf.Send(kGet);
  WaitUntilStuck([&] { return sent.load(); });
  Stop();
  EXPECT_TRUE(over.Wait());
  EXPECT_LT(deaf.ReadToEnd().size(), kSize);
  EXPECT_NE(deaf.end(), End::kNot);
}

TEST_F(StopTest, WhileTheServerDoesNotRead) {
  const std::string request = Post(Noise(std::size_t{32} << 20));
  Event& stopped = NewEvent();
  Event& over = NewEvent();
  Start([&](RawSocket& socket) {
    stopped.Wait();
    if (socket.WaitForClose()) over.Set();
  });
  ClientEnd client = Connect();
  std::thread sender([&] { EXPECT_FALSE(client.Send(request)); });
  WaitUntilStuck([&] { return client.sent(); });
  Stop();
  stopped.Set();
  EXPECT_TRUE(over.Wait());
  sender.join();
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_NE(client.end(), End::kNot);
}

TEST_F(StopTest, WhileTheServerIsReached) {
  settings_.timeouts.connect = std::chrono::seconds(2);
  const support::HangingPort full;
  StartBefore(full.port());
  ClientEnd client = Connect();
  client.Send(kGet);
  WaitUntil([this] { return Snapshot().connections == 1; }, "the client");
  for (int i = 0; i < 20; ++i) Snapshot();
  Stop();
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(StopTest, InATunnel) {
  Start([this](RawSocket& socket) {
    Receive(socket);
    socket.Send("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Ask("GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
  Stop();
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(StopTest, WhileTheLastAnswerLingers) {
  Start(Always(Ok("hi")));
  ClientEnd client = Connect();
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer().body, "hi");
  Stop();
  EXPECT_EQ(client.ReadToEnd(), "");
}

}  // namespace
}  // namespace mcp_vitals::relay
