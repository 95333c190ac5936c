#include "tests/relay/relay.h"

// Clients that take too long.
namespace mcp_vitals::relay {
namespace {

using std::chrono::milliseconds;

class TimeoutsTest : public RelayTest {};

TEST_F(TimeoutsTest, AHeadMustComeWhole) {
  settings_.timeouts.head = milliseconds(50);
  Start(Always(Ok("hi")));
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask("GET /x HTTP/1.1\r\nHost").status, 408);
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(Snapshot().hits(vitals::Limit::kSlowRequest), 1u);
}

TEST_F(TimeoutsTest, HoweverItTrickles) {
  settings_.timeouts.head = milliseconds(300);
  Start(Always(Ok("hi")));
  ClientEnd client = Connect();
  client.Send("GET /x HTTP/1.1\r\nX: ");
  const auto trickle = [&] {
    client.Send("x");
    return Snapshot().hits(vitals::Limit::kSlowRequest) == 1;
  };
  WaitUntil(trickle, "the end of patience");
  EXPECT_EQ(client.ReadAnswer().status, 408);
}

TEST_F(TimeoutsTest, AConnectionThatSaysNothingIsClosed) {
  settings_.timeouts.head = milliseconds(50);
  Start(Always(Ok("hi")));
  ClientEnd client = Connect();
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(client.end(), End::kClean);
  EXPECT_EQ(Snapshot().hits(vitals::Limit::kSlowRequest), 0u);
}

TEST_F(TimeoutsTest, SoIsOneThatHasNoMoreToSay) {
  settings_.timeouts.idle = milliseconds(50);
  Start(Always(Ok("hi")));
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask(kGet).body, "hi");
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(client.end(), End::kClean);
}

TEST_F(TimeoutsTest, ABodyMustGoOn) {
  settings_.timeouts.body = milliseconds(50);
  Start([](RawSocket& socket) { socket.WaitForClose(); });
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab").status, 408);
  EXPECT_EQ(Snapshot().hits(vitals::Limit::kSlowRequest), 1u);
}

TEST_F(TimeoutsTest, ABodyThatStopsBehindTheAnswersBeginningCutsIt) {
  settings_.timeouts.body = milliseconds(200);
  Start([](RawSocket& socket) {
    socket.ReadSome();
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nso far");
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
  const Answer answer = client.ReadAnswer();
  EXPECT_FALSE(answer.whole);
  EXPECT_EQ(answer.body, "so far");
}

// The client is not to blame.
TEST_F(TimeoutsTest, ABodyThatTheServerDoesNotTakeMayWait) {
  settings_.timeouts.body = milliseconds(50);
  Event& take = NewEvent();
  const std::string body = Noise(std::size_t{32} << 20);
  Start([&](RawSocket& socket) {
    take.Wait();
    Receive(socket);
    socket.Send(Ok("thanks"));
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  std::thread sender([&] { client.Send(Post(body)); });
  WaitUntilStuck([&] { return client.sent(); });
  // Others, who are to blame, tell that as much time passes, and more than once.
  for (int i = 0; i < 3; ++i) {
    const auto answer = Connect().Ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
    EXPECT_EQ(answer.status, 408);
  }
  take.Set();
  EXPECT_EQ(client.ReadAnswer().body, "thanks");
  sender.join();
}

TEST_F(TimeoutsTest, ButNotForEver) {
  settings_.timeouts.write = milliseconds(50);
  Event& over = NewEvent();
  Start([&](RawSocket&) { over.Wait(); });
  ClientEnd client = Connect();
  const std::string request = Post(Noise(std::size_t{32} << 20));
  std::thread sender([&] { client.Send(request); });
  EXPECT_EQ(client.ReadAnswer().status, 504);
  sender.join();
  over.Set();
  EXPECT_EQ(Snapshot().hits(vitals::Limit::kSlowServer), 1u);
}

TEST_F(TimeoutsTest, AnAnswerMustBeTaken) {
  settings_.timeouts.write = milliseconds(50);
  Event& told = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(kStreamHead);
    const std::string piece = Chunk("data: " + std::string(64 << 10, 'x') + "\n\n");
    while (socket.Send(piece)) {
    }
    told.Set();
  });
  ClientEnd client = Connect(4096);
  client.Send(kGetStream);
  EXPECT_TRUE(told.Wait());
  client.ReadToEnd();
  EXPECT_EQ(client.end(), End::kReset);
  EXPECT_EQ(Snapshot().hits(vitals::Limit::kSlowReader), 1u);
  EXPECT_EQ(EndedStreams(vitals::StreamEnd::kCut), 1u);
}

TEST_F(TimeoutsTest, AnAnswerMayBeWaitedForAndAStreamBeSilent) {
  proxy::Timeouts& timeouts = settings_.timeouts;
  timeouts.head = timeouts.body = timeouts.write = timeouts.idle = milliseconds(50);
  Event& go_on = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    go_on.Wait();
    socket.Send(std::string(kStreamHead) + Chunk("data: x\n\n"));
    socket.WaitForClose();
  });
  ClientEnd waiting = Connect();
  waiting.Send(kGetStream);
  EXPECT_EQ(Connect().Ask("GET /x HTTP/1.1\r\nHost").status, 408);
  go_on.Set();
  waiting.ReadUntil("data: x\n\n");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Connect().Ask("GET /x HTTP/1.1\r\nHost").status, 408);
  EXPECT_EQ(Snapshot().of(vitals::StreamKind::kGet).live, 1u);
}

}  // namespace
}  // namespace mcp_vitals::relay
