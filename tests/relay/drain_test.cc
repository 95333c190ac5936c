#include "tests/relay/relay.h"

// The way out: nothing that lasts begins, what goes on ends properly.
namespace mcp_vitals::relay {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using vitals::DrainState;
using vitals::StreamEnd;

constexpr std::string_view kInitialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})";

class DrainTest : public RelayTest {
 protected:
  DrainTest() { settings_.drain = {milliseconds(1), std::chrono::minutes(5)}; }
  // A stream with one whole event, which the server never ends.
  void StartWithStreams(std::string_view last = "data: x\n\n") {
    Start([this, last](RawSocket& socket) {
      Receive(socket);
      socket.Send(std::string(kStreamHead) + Chunk(last));
      socket.WaitForClose();
    });
  }
  ClientEnd OpenStream() {
    ClientEnd client = Connect();
    client.Send(kGetStream);
    client.ReadUntil("data: x");
    return client;
  }
  void WaitFor(DrainState state) {
    WaitUntil([this, state] { return Snapshot().drain == state; }, ToString(state));
  }
};

TEST_F(DrainTest, WithNothingUnderWayItIsOverWithTheLameDuck) {
  Start(Always(Ok("hi")));
  Drain();
  WaitFor(DrainState::kDrained);
}

TEST_F(DrainTest, AndThenNothingIsTakenAnyMore) {
  Start(Always(Ok("hi")));
  ClientEnd kept = Connect();
  EXPECT_EQ(kept.Ask(kGet).body, "hi");
  Drain();
  WaitFor(DrainState::kDrained);
  const Answer refused = Connect().Ask(kGet);
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.head, HasSubstr("Retry-After: "));
  EXPECT_EQ(requests().size(), 1u);
}

TEST_F(DrainTest, AnAnswerThatStaysOpenBehindItsResultEndsProperly) {
  settings_.drain.timeout = milliseconds(400);
  Start([this](RawSocket& socket) {
    Receive(socket);
    socket.Send(std::string(kStreamHead) +
                Chunk("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n"));
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Send(PostJson(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}})"));
  client.ReadUntil("result");
  Drain();
  EXPECT_TRUE(client.ReadToEnd().ends_with("\r\n0\r\n\r\n"));
  WaitFor(DrainState::kDrained);
}

TEST_F(DrainTest, ALameDuckServesAsEver) {
  settings_.drain.lame_duck = std::chrono::minutes(1);
  StartWithStreams();
  Drain();
  WaitFor(DrainState::kLameDuck);
  ClientEnd client = OpenStream();
  EXPECT_EQ(Snapshot().of(vitals::StreamKind::kGet).live, 1u);
}

TEST_F(DrainTest, StreamsEndProperly) {
  settings_.drain.timeout = milliseconds(400);
  StartWithStreams();
  ClientEnd client = OpenStream();
  Drain();
  EXPECT_TRUE(client.ReadToEnd().ends_with("\r\n0\r\n\r\n"));
  EXPECT_EQ(client.end(), End::kClean);
  WaitFor(DrainState::kDrained);
  EXPECT_EQ(EndedStreams(StreamEnd::kDrain), 1u);
  EXPECT_EQ(Snapshot().cut_by_drain, 0u);
}

TEST_F(DrainTest, AnEventThatIsNotWholeIsWaitedForAndCutAtTheEnd) {
  settings_.drain.timeout = milliseconds(400);
  StartWithStreams("data: x\n");
  ClientEnd client = OpenStream();
  Drain();
  EXPECT_FALSE(client.ReadToEnd().ends_with("\r\n0\r\n\r\n"));
  WaitFor(DrainState::kDrained);
  EXPECT_EQ(EndedStreams(StreamEnd::kCut), 1u);
  EXPECT_EQ(Snapshot().cut_by_drain, 1u);
}

TEST_F(DrainTest, CallsAndTunnelsThatDoNotEndAreCutAndCounted) {
  settings_.drain.timeout = milliseconds(400);
  Start([this](RawSocket& socket) {
    if (Receive(socket).starts_with("GET /chat")) {
      socket.Send(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
          "Upgrade: websocket\r\n\r\n");
    }
    socket.WaitForClose();
  });
  ClientEnd idle = Connect();
  ClientEnd call = Connect();
  call.Send(PostJson(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"));
  ClientEnd tunnel = Connect();
  tunnel.Send("GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  tunnel.ReadUntil("\r\n\r\n");
  WaitUntil([this] { return requests().size() == 2; }, "the call at the server");
  Drain();
  WaitFor(DrainState::kDrained);
  EXPECT_EQ(Snapshot().cut_by_drain, 2u);
}

TEST_F(DrainTest, CallsFinish) {
  Event& go_on = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    go_on.Wait();
    socket.Send(Ok("done"));
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Send(PostJson(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"));
  WaitUntil([this] { return requests().size() == 1; }, "the call at the server");
  Drain();
  WaitFor(DrainState::kDraining);
  go_on.Set();
  EXPECT_EQ(client.ReadAnswer().body, "done");
  WaitFor(DrainState::kDrained);
  EXPECT_EQ(Snapshot().cut_by_drain, 0u);
}

TEST_F(DrainTest, NothingThatLastsBeginsAnyMoreAndTheRestIsServed) {
  Event& go_on = NewEvent();
  Start([&](RawSocket& socket) {
    for (std::string request = Receive(socket); !request.empty(); request = Receive(socket)) {
      if (HeadOf(request).starts_with("GET /wait")) go_on.Wait();
      socket.Send(Ok("hi"));
    }
  });
  ClientEnd busy = Connect();
  busy.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  WaitUntil([this] { return requests().size() == 1; }, "a request that keeps the drain going");
  Drain();
  WaitFor(DrainState::kDraining);
  for (const std::string& lasting : {std::string(kGetStream), PostJson(kInitialize)}) {
    const Answer refused = Connect().Ask(lasting);
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.head, HasSubstr("Retry-After: "));
  }
  const Answer served =
      Connect().Ask(PostJson(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"));
  EXPECT_EQ(served.body, "hi");
  EXPECT_THAT(served.head, HasSubstr("Connection: close\r\n"));
  go_on.Set();
  EXPECT_EQ(busy.ReadAnswer().body, "hi");
  WaitFor(DrainState::kDrained);
}

TEST_F(DrainTest, ToBeginAgainChangesNothing) {
  Start(Always(Ok("hi")));
  Drain();
  WaitFor(DrainState::kDrained);
  Drain();
  EXPECT_EQ(Snapshot().drain, DrainState::kDrained);
}

TEST_F(DrainTest, AStreamThatIsSilentForTooLongIsEndedProperly) {
  settings_.timeouts.stream_idle = milliseconds(1);
  StartWithStreams();
  ClientEnd client = Connect();
  client.Send(kGetStream);
  EXPECT_TRUE(client.ReadToEnd().ends_with("\r\n0\r\n\r\n"));
  EXPECT_EQ(EndedStreams(StreamEnd::kIdle), 1u);
  EXPECT_EQ(Snapshot().hits(vitals::Limit::kStreamIdle), 1u);
}

}  // namespace
}  // namespace mcp_vitals::relay
