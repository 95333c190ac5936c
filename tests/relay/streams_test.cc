#include <fstream>

#include "tests/relay/relay.h"

// Event streams: each event at once, and no more held than the client takes.
namespace mcp_vitals::relay {
namespace {

using ::testing::HasSubstr;
using vitals::StreamEnd;
using vitals::StreamKind;

class StreamsTest : public RelayTest {};

// A sanitizer keeps what was freed.
std::size_t ResidentBytes() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;
#else
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096;
#endif
}

TEST_F(StreamsTest, EachEventArrivesBeforeTheServerSendsMore) {
  constexpr int kEvents = 20;
  std::vector<Event*> arrived;
  for (int i = 0; i < kEvents; ++i) arrived.push_back(&NewEvent());
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(kStreamHead);
    for (int i = 0; i < kEvents; ++i) {
      socket.Send(Chunk("data: " + std::to_string(i) + "\n\n"));
      if (!arrived[static_cast<std::size_t>(i)]->Wait()) return;
    }
    socket.Send(Chunk(""));
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Send(kGetStream);
  for (int i = 0; i < kEvents; ++i) {
    EXPECT_THAT(client.ReadUntil("\n\n"), HasSubstr("data: " + std::to_string(i)));
    EXPECT_EQ(Snapshot().of(StreamKind::kGet).live, 1u);
    arrived[static_cast<std::size_t>(i)]->Set();
  }
  EXPECT_EQ(client.ReadUntil("\r\n0\r\n\r\n"), "\r\n0\r\n\r\n");
  WaitUntil([this] { return EndedStreams(StreamEnd::kServer) == 1; }, "the stream's end");
}

TEST_F(StreamsTest, TheHeadArrivesBeforeAnyEvent) {
  Event& arrived = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(kStreamHead);
    EXPECT_TRUE(arrived.Wait());
    socket.Send(Chunk(": keepalive\n\n") + Chunk(""));
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Send(kGetStream);
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("text/event-stream"));
  arrived.Set();
  EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr(": keepalive\n\n"));
}

TEST_F(StreamsTest, OneThatTheServerEndsLeavesBothConnectionsInUse) {
  Start(Always(std::string(kStreamHead) + Chunk("data: x\n\n") + Chunk("")));
  ClientEnd client = Connect();
  for (int i = 0; i < 5; ++i) {
    const Answer answer = client.Ask(kGetStream);
    EXPECT_TRUE(answer.whole);
    EXPECT_EQ(answer.body, "data: x\n\n");
  }
  EXPECT_EQ(server().connections(), 1);
  WaitUntil([this] { return EndedStreams(StreamEnd::kServer) == 5; }, "the streams' ends");
}

TEST_F(StreamsTest, OneUntilTheConnectionEndsEndsCleanly) {
  Start(Once("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n"));
  ClientEnd client = Connect();
  EXPECT_TRUE(client.Ask(kGetStream).whole);
  EXPECT_EQ(EndedStreams(StreamEnd::kServer), 1u);
}

TEST_F(StreamsTest, ManyAtTheSameTime) {
  constexpr int kMany = 100;
  std::atomic<int> here = 0;
  Event& all_are_here = NewEvent();
  Start([&](RawSocket& socket) {
    const std::string request = Receive(socket);
    socket.Send(std::string(kStreamHead) + Chunk("data: 1\n\n"));
    if (++here == kMany) all_are_here.Set();
    all_are_here.Wait();
    socket.Send(Chunk("data: 2\n\n") + Chunk(""));
    socket.WaitForClose();
  });
  std::vector<ClientEnd> clients;
  for (int i = 0; i < kMany; ++i) {
    clients.push_back(Connect());
    clients.back().Send(kGetStream);
  }
  for (ClientEnd& client : clients) EXPECT_EQ(client.ReadAnswer().body, "data: 1\n\ndata: 2\n\n");
  EXPECT_EQ(Snapshot().of(StreamKind::kGet).opened, std::uint64_t{kMany});
}

// What a client does not read waits at the server: not with us, and not before others.
TEST_F(StreamsTest, AClientThatDoesNotReadStopsItsServerAlone) {
  constexpr std::size_t kAll = std::size_t{1} << 30;
  std::atomic<std::size_t> sent = 0;
  Start([&](RawSocket& socket) {
    const bool much = Receive(socket).starts_with("GET /mcp");
    if (!much) {
      do socket.Send(Ok("hi"));
      while (!Receive(socket).empty());
      return;
    }
    socket.Send(kStreamHead);
    const std::string piece = Chunk("data: " + std::string(64 << 10, 'x') + "\n\n");
    while (sent < kAll && socket.Send(piece)) sent += piece.size();
  });
  const std::size_t before = ResidentBytes();
  ClientEnd deaf = Connect(4096);
  deaf.Send(kGetStream);
  deaf.ReadUntil("\r\n\r\n");
  ClientEnd other = Connect();
  std::size_t earlier = 0;
  do {
    earlier = sent;
    for (int i = 0; i < 500; ++i) EXPECT_EQ(other.Ask(kGet).body, "hi");
  } while (sent != earlier && sent < kAll);
  EXPECT_LT(sent, std::size_t{64} << 20);
  EXPECT_LT(ResidentBytes(), before + (std::size_t{64} << 20));
  deaf.Close();
  WaitUntil([this] { return server().open() == 1; }, "the end at the server");
}

TEST_F(StreamsTest, AClientThatStopsReadingAndGoesOnGetsAll) {
  const std::string body = Noise(std::size_t{16} << 20);
  std::atomic<std::size_t> sent = 0;
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(kStreamHead);
    for (std::size_t at = 0; at < body.size(); at += 65536) {
      if (!socket.Send(Chunk(std::string_view(body).substr(at, 65536)))) return;
      sent += 65536;
    }
    socket.Send(Chunk(""));
    socket.WaitForClose();
  });
  ClientEnd client = Connect(4096);
  client.Send(kGetStream);
  ClientEnd other = Connect();
  for (std::size_t earlier = 0; sent == 0 || sent != earlier;) {
    earlier = sent;
    for (int i = 0; i < 200; ++i) Snapshot();
  }
  const Answer answer = client.ReadAnswer();
  EXPECT_TRUE(answer.whole);
  EXPECT_TRUE(answer.body == body);
}

}  // namespace
}  // namespace mcp_vitals::relay
