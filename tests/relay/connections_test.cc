#include "tests/relay/relay.h"

// Which connections are kept, and what may follow on them.
namespace mcp_vitals::relay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ConnectionsTest : public RelayTest {};

std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

// Answers each request with its target.
void Echo(RawSocket& socket) {
  for (std::string request; !(request = socket.ReadRequest()).empty();) {
    const std::size_t begin = request.find(' ') + 1;
    socket.Send(Ok(request.substr(begin, request.find(' ', begin) - begin)));
  }
}

TEST_F(ConnectionsTest, BothAreKept) {
  Start(Always(Ok("hi")));
  ClientEnd client = Connect();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.Ask(kGet).body, "hi");
  EXPECT_EQ(server().connections(), 1);
  EXPECT_EQ(Snapshot().connections_accepted, 1u);
}

TEST_F(ConnectionsTest, TheServersIsKeptForTheNextClient) {
  Start(Always(Ok("hi")));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Connect().Ask(kGet).body, "hi");
  EXPECT_EQ(server().connections(), 1);
}

TEST_F(ConnectionsTest, TheServersIsUsedByOneClientAtATime) {
  Event& both_are_here = NewEvent();
  std::atomic<int> waiting = 0;
  Start([&](RawSocket& socket) {
    while (!Receive(socket).empty()) {
      if (++waiting == 2) both_are_here.Set();
      both_are_here.Wait();
      socket.Send(Ok("hi"));
    }
  });
  ClientEnd one = Connect();
  ClientEnd other = Connect();
  one.Send(kGet);
  other.Send(kGet);
  EXPECT_EQ(one.ReadAnswer().body, "hi");
  EXPECT_EQ(other.ReadAnswer().body, "hi");
  EXPECT_EQ(server().connections(), 2);
}

TEST_F(ConnectionsTest, AServerThatWantsItsConnectionClosedDoesNotCloseTheClients) {
  Start(Once("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"));
  ClientEnd client = Connect();
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client.Ask(kGet);
    EXPECT_EQ(answer.body, "hi");
    EXPECT_THAT(answer.head, Not(HasSubstr("close")));
  }
  EXPECT_EQ(server().connections(), 3);
}

TEST_F(ConnectionsTest, NorDoesOneThatSpeaksHttp10) {
  Start(Once("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
  ClientEnd client = Connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Ask(kGet).body, "hi");
  EXPECT_EQ(server().connections(), 3);
}

TEST_F(ConnectionsTest, AClientThatWantsItsConnectionClosedDoesNotCloseTheServers) {
  Start(Always(Ok("hi")));
  for (int i = 0; i < 3; ++i) {
    ClientEnd client = Connect();
    const Answer answer = client.Ask("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer.head, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(client.ReadToEnd(), "");
    EXPECT_EQ(client.end(), End::kClean);
  }
  EXPECT_EQ(server().connections(), 1);
  EXPECT_THAT(requests().at(0), Not(HasSubstr("Connection")));
}

TEST_F(ConnectionsTest, AServerThatClosesWhatIsIdleIsAskedOnAnotherConnection) {
  Start([this](RawSocket& socket) {
    Receive(socket);
    socket.Send(Ok("hi"));
    socket.ShutDownSending();
    EXPECT_TRUE(socket.WaitForClose());
  });
  ClientEnd client = Connect();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(client.Ask(kGet).body, "hi");
    WaitUntil([this] { return server().open() == 0; }, "the proxy's closing");
  }
  EXPECT_EQ(server().connections(), 10);
}

TEST_F(ConnectionsTest, SoIsOneThatResetsWhatIsIdle) {
  Start([this](RawSocket& socket) {
    Receive(socket);
    socket.Send(Ok("hi"));
    socket.Reset();
  });
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask(kGet).body, "hi");
  WaitUntil([this] { return server().open() == 0; }, "the reset");
  Snapshot();  // the proxy has been told of it
  EXPECT_EQ(client.Ask(kGet).body, "hi");
}

// What the server has promised, less a second for the way.
// Closes each connection when the second request has come, unanswered.
Script OneAnswerEach(std::atomic<int>& asked) {
  return [&asked](RawSocket& socket) {
    socket.ReadRequest();
    ++asked;
    socket.Send(Ok("hi"));
    if (!socket.ReadRequest().empty()) ++asked;
  };
}

TEST_F(ConnectionsTest, OneThatIsClosedOnARequestIsNoReasonToFailIt) {
  std::atomic<int> asked = 0;
  Start(OneAnswerEach(asked));
  ClientEnd client = Connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Ask(kGet).body, "hi");
  EXPECT_EQ(asked, 5);
  EXPECT_EQ(server().connections(), 3);
}

TEST_F(ConnectionsTest, ButNothingIsDoneTwiceThatMayDoHarm) {
  std::atomic<int> asked = 0;
  Start(OneAnswerEach(asked));
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask(Post("1")).body, "hi");
  EXPECT_EQ(client.Ask(Post("2")).status, 502);
  EXPECT_EQ(asked, 2);
}

TEST_F(ConnectionsTest, NorIsAnythingAskedAThirdTime) {
  std::atomic<int> asked = 0;
  Start([&asked](RawSocket& socket) {
    socket.ReadRequest();
    if (asked++ > 0) return;
    socket.Send(Ok("hi"));
    socket.ReadRequest();
    ++asked;
  });
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask(kGet).body, "hi");
  EXPECT_EQ(client.Ask(kGet).status, 502);
  EXPECT_EQ(asked, 3);
}

TEST_F(ConnectionsTest, AnIdleOneIsClosedBeforeTheServerWould) {
  Start(Always("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n"));
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask(kGet).status, 200);
  WaitUntil([this] { return server().open() == 0; }, "the proxy's closing");
  EXPECT_EQ(client.Ask(kGet).status, 200);
  EXPECT_EQ(server().connections(), 2);
}

TEST_F(ConnectionsTest, OneOnWhichTheServerSaysTooMuchIsNotUsedAgain) {
  Start([this](RawSocket& socket) {
    while (!Receive(socket).empty()) socket.Send(Ok("hi") + Ok("evil"));
  });
  ClientEnd client = Connect();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.Ask(kGet).body, "hi");
}

TEST_F(ConnectionsTest, NorOneOnWhichItSpeaksUnasked) {
  Event& taken = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(Ok("hi"));
    taken.Wait();
    socket.Send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    EXPECT_TRUE(socket.WaitForClose());
  });
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask(kGet).body, "hi");
  taken.Set();
  WaitUntil([this] { return server().open() == 0; }, "the proxy's closing");
  EXPECT_EQ(client.Ask(kGet).body, "hi");
}

TEST_F(ConnectionsTest, RequestsInARowAreAnsweredInTheirOrder) {
  Start(Echo);
  ClientEnd client = Connect();
  std::string all;
  for (int i = 0; i < 100; ++i) all += Get("/" + std::to_string(i));
  client.Send(all);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.ReadAnswer().body, "/" + std::to_string(i));
}

// The second comes while the first is under way, and the server is slow to take it.
TEST_F(ConnectionsTest, ALargeRequestBehindAnotherArrivesWhole) {
  const std::string body = Noise(std::size_t{8} << 20);
  Event& second_is_here = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    second_is_here.Wait();
    socket.Send(Ok("first"));
    for (int i = 0; i < 50; ++i) Snapshot();  // lets the socket's buffer run full
    Receive(socket);
    socket.Send(Ok("second"));
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Send(kGet);
  std::thread sender([&] { client.Send(Post(body)); });
  WaitUntil([this] { return requests().size() == 1; }, "the first request");
  second_is_here.Set();
  EXPECT_EQ(client.ReadAnswer().body, "first");
  EXPECT_EQ(client.ReadAnswer().body, "second");
  sender.join();
  EXPECT_TRUE(BodyOf(requests().at(1)) == body);
}

TEST_F(ConnectionsTest, WhatFollowsARequestThatClosesIsNotAnswered) {
  Start(Echo);
  ClientEnd client = Connect();
  client.Send("GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + Get("/2"));
  EXPECT_EQ(client.ReadAnswer().body, "/1");
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(ConnectionsTest, AnEmptyLineBetweenTwoRequestsIsNoHarm) {
  Start(Always(Ok("hi")));
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask(Post("x") + "\r\n").body, "hi");
  EXPECT_EQ(client.Ask(kGet).body, "hi");
}

// ---- HTTP/1.0
// ------------------------------------------------------------------------------------

TEST_F(ConnectionsTest, AClientOfHttp10GetsItsAnswerUntilTheEnd) {
  Start(Always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"));
  ClientEnd client = Connect();
  client.Send("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi");
  EXPECT_EQ(client.end(), End::kClean);
  EXPECT_THAT(requests(), ElementsAre("GET /x HTTP/1.1\r\nHost: upstream\r\n\r\n"));
}

TEST_F(ConnectionsTest, AClientOfHttp10MayKeepItsConnection) {
  Start(Always(Ok("hi")));
  ClientEnd client = Connect();
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client.Ask("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(answer.body, "hi");
    EXPECT_THAT(answer.head, HasSubstr("Connection: keep-alive\r\n"));
  }
}

TEST_F(ConnectionsTest, AClientOfHttp10IsSparedWhatItDoesNotKnow) {
  Start(Always("HTTP/1.1 100 Continue\r\n\r\n" + Ok("hi")));
  ClientEnd client = Connect();
  client.Send("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), ::testing::StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ConnectionsTest, ThereMayBeTooMany) {
  settings_.max_connections = 2;
  Start(Always(Ok("hi")));
  ClientEnd one = Connect();
  ClientEnd other = Connect();
  EXPECT_EQ(one.Ask(kGet).body, "hi");
  EXPECT_EQ(other.Ask(kGet).body, "hi");
  ClientEnd refused = Connect();
  EXPECT_EQ(refused.ReadToEnd(), "");
  EXPECT_EQ(Snapshot().hits(vitals::Limit::kConnections), 1u);
  EXPECT_EQ(one.Ask(kGet).body, "hi");
}

}  // namespace
}  // namespace mcp_vitals::relay
