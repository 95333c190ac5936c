#include "tests/relay/relay.h"

// A client that leaves: its server is told at once, since that may be what cancels a call.
namespace mcp_vitals::relay {
namespace {

enum class How { kCloses, kResets };

class LeavingTest : public RelayTest, public ::testing::WithParamInterface<How> {
 protected:
  static void Leave(ClientEnd& client) {
    if (GetParam() == How::kResets) {
      client.Reset();
    } else {
      client.Close();
    }
  }
  void StartWatched(std::string answer_begins) {
    Start([this, begins = std::move(answer_begins)](RawSocket& socket) {
      Receive(socket);
      socket.Send(begins);
      if (socket.WaitForClose()) told_.Set();
    });
  }
  // The server: the connection of the client that left was closed.
  Event& told_ = NewEvent();
};

TEST_P(LeavingTest, WhileItWaitsForAnAnswer) {
  StartWatched("");
  ClientEnd client = Connect();
  client.Send(Post("{}"));
  WaitUntil([this] { return !requests().empty(); }, "the request");
  Leave(client);
  EXPECT_TRUE(told_.Wait());
}

TEST_P(LeavingTest, InAStream) {
  StartWatched(std::string(kStreamHead) + Chunk("data: x\n\n"));
  ClientEnd client = Connect();
  client.Send(kGetStream);
  client.ReadUntil("data: x\n\n");
  Leave(client);
  EXPECT_TRUE(told_.Wait());
  WaitUntil([this] { return Snapshot().of(vitals::StreamKind::kGet).live == 0; }, "the end");
  EXPECT_EQ(EndedStreams(vitals::StreamEnd::kClient), 1u);
}

TEST_P(LeavingTest, BehindWhatNobodyReads) {
  StartWatched(std::string(kStreamHead) + Chunk("data: x\n\n"));
  ClientEnd client = Connect();
  client.Send(kGetStream);
  client.ReadUntil("data: x\n\n");
  client.Send(Noise(50'000));
  Leave(client);
  EXPECT_TRUE(told_.Wait());
}

TEST_P(LeavingTest, InTheMiddleOfItsRequest) {
  Event& begun = NewEvent();
  Start([&](RawSocket& socket) {
    socket.ReadSome();
    begun.Set();
    if (socket.WaitForClose()) told_.Set();
  });
  ClientEnd client = Connect();
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_TRUE(begun.Wait());
  Leave(client);
  EXPECT_TRUE(told_.Wait());
}

TEST_P(LeavingTest, InTheMiddleOfALargeAnswer) {
  StartWatched("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + Noise(1 << 20));
  ClientEnd client = Connect();
  client.Send(kGet);
  client.ReadUntil("\r\n\r\n");
  Leave(client);
  EXPECT_TRUE(told_.Wait());
}

TEST_P(LeavingTest, WhileAnAnswerWaitsForIt) {
  Start([this](RawSocket& socket) {
    Receive(socket);
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    const std::string piece(64 << 10, 'x');
    while (socket.Send(piece)) {
    }
    told_.Set();
  });
  ClientEnd client = Connect(4096);
  client.Send(kGet);
  client.ReadUntil("\r\n\r\n");
  Leave(client);
  EXPECT_TRUE(told_.Wait());
}

TEST_P(LeavingTest, WhileItsRequestWaitsForTheServer) {
  Event& full = NewEvent();
  Start([&](RawSocket& socket) {
    socket.ReadSome();
    full.Wait();
    if (socket.WaitForClose()) told_.Set();
  });
  {
    ClientEnd client = Connect();
    client.Send(Post(Noise(64 << 10)).substr(0, 30 << 10));
    WaitUntil([this] { return server().open() == 1; }, "the request");
    Leave(client);
  }
  full.Set();
  EXPECT_TRUE(told_.Wait());
}

// Nobody is there any more to ask for: so the server is not asked.
TEST_P(LeavingTest, WhileTheServerIsReached) {
  settings_.timeouts.connect = std::chrono::seconds(5);
  const support::HangingPort full;
  StartBefore(full.port());
  ClientEnd client = Connect();
  client.Send(kGet);
  WaitUntil([this] { return Snapshot().connections == 1; }, "the client");
  Leave(client);
  WaitUntil([this] { return Snapshot().connections == 0; }, "no client");
}

TEST_P(LeavingTest, WhileItSaysNothing) {
  Start(Always(Ok("")));
  ClientEnd client = Connect();
  WaitUntil([this] { return Snapshot().connections == 1; }, "the client");
  Leave(client);
  WaitUntil([this] { return Snapshot().connections == 0; }, "no client");
  EXPECT_EQ(server().connections(), 0);
}

TEST_P(LeavingTest, ManyAtTheSameTime) {
  constexpr int kMany = 100;
  std::atomic<int> told = 0;
  Start([&](RawSocket& socket) {
    if (!Receive(socket).starts_with("GET /x")) socket.Send(std::string(kStreamHead) + Chunk(":"));
    if (socket.WaitForClose()) ++told;
  });
  std::vector<ClientEnd> clients;
  for (int i = 0; i < kMany; ++i) {
    clients.push_back(Connect());
    clients.back().Send(i % 2 == 0 ? kGet : kGetStream);
  }
  WaitUntil([this] { return requests().size() == kMany; }, "all requests");
  for (ClientEnd& client : clients) Leave(client);
  WaitUntil([&] { return told == kMany; }, "all connections' closing");
}

INSTANTIATE_TEST_SUITE_P(AClient, LeavingTest, ::testing::Values(How::kCloses, How::kResets),
                         [](const ::testing::TestParamInfo<How>& param) {
                           return param.param == How::kCloses ? "Closes" : "Resets";
                         });

}  // namespace
}  // namespace mcp_vitals::relay
