#include "tests/relay/relay.h"

// Connections that become something else than HTTP.
namespace mcp_vitals::relay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr std::string_view kHandshake =
    "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
constexpr std::string_view kSwitched =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

class UpgradeTest : public RelayTest {
 protected:
  // Sends back what comes, until the client ends.
  void StartEcho() {
    Start([this](RawSocket& socket) {
      Receive(socket);
      socket.Send(kSwitched);
      for (std::string bytes; !(bytes = socket.ReadSome()).empty();) socket.Send(bytes);
    });
  }
};

TEST_F(UpgradeTest, BytesPassBothWays) {
  StartEcho();
  ClientEnd client = Connect();
  const Answer answer = client.Ask(kHandshake);
  EXPECT_EQ(answer.status, 101);
  EXPECT_THAT(answer.head, HasSubstr("Upgrade: websocket\r\n"));
  EXPECT_THAT(answer.head, HasSubstr("Connection: Upgrade\r\n"));
  EXPECT_THAT(answer.head, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_THAT(requests().at(0), HasSubstr("Upgrade: websocket\r\n"));
  EXPECT_THAT(requests().at(0), HasSubstr("Connection: Upgrade\r\n"));
  client.Send("\x81\x05hello");
  EXPECT_EQ(client.ReadUntil("hello"), "\x81\x05hello");
  EXPECT_EQ(Snapshot().upgrades, 1u);
}

TEST_F(UpgradeTest, ATunnelWhoseServerTakesNothingIsCutWithoutAWord) {
  settings_.timeouts.write = std::chrono::milliseconds(50);
  Event& over = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(kSwitched);
    over.Wait();
  });
  ClientEnd client = Connect();
  client.Ask(kHandshake);
  const std::string bytes = Noise(std::size_t{32} << 20);
  std::thread sender([&] { client.Send(bytes); });
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_NE(client.end(), End::kNot);
  sender.join();
  over.Set();
}

// Whatever limits the request was under, they are no tunnel's.
TEST_F(UpgradeTest, ATunnelHasNoTimeToEnd) {
  settings_.admission.tools["slow"].timeout = std::chrono::milliseconds(1000);
  settings_.timeouts.body = std::chrono::milliseconds(1500);
  StartEcho();
  std::string call =
      PostJson(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow"}})");
  call.insert(call.find("Host:"), "Connection: Upgrade\r\nUpgrade: websocket\r\n");
  ClientEnd client = Connect();
  EXPECT_EQ(client.Ask(call).status, 101);
  ClientEnd other = Connect();  // whose own time-out tells that as much time has passed
  EXPECT_EQ(other.Ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab").status, 408);
  client.Send("hello");
  EXPECT_EQ(client.ReadUntil("hello"), "hello");
}

TEST_F(UpgradeTest, WhoHasNoMoreToSayMayGoOnListening) {
  Start([this](RawSocket& socket) {
    Receive(socket);
    socket.Send(kSwitched);
    std::string said;
    for (std::string bytes; !(bytes = socket.ReadSome()).empty();) said += bytes;
    socket.Send("you said " + said);
  });
  ClientEnd client = Connect();
  client.Ask(kHandshake);
  client.Send("hello");
  client.ShutDownSending();
  EXPECT_EQ(client.ReadToEnd(), "you said hello");
}

TEST_F(UpgradeTest, Megabytes) {
  StartEcho();
  ClientEnd client = Connect();
  client.Ask(kHandshake);
  const std::string bytes = Noise(std::size_t{8} << 20) + "the end";
  std::thread sender([&] { client.Send(bytes); });
  EXPECT_TRUE(client.ReadUntil("the end") == bytes);
  sender.join();
}

TEST_F(UpgradeTest, WhatTheServerSaysWithItsConsentArrives) {
  Start([this](RawSocket& socket) {
    Receive(socket);
    socket.Send(std::string(kSwitched) + "hello");
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Ask(kHandshake);
  EXPECT_EQ(client.ReadUntil("hello"), "hello");
}

TEST_F(UpgradeTest, WhatTheClientSaysBeforeItArrives) {
  Event& asked = NewEvent();
  Start([&](RawSocket& socket) {
    std::string all;
    while (!all.ends_with("\r\n\r\n")) all += socket.ReadSome();
    asked.Wait();
    socket.Send(kSwitched);
    EXPECT_EQ(socket.ReadSome(), "early");
    socket.Send("seen");
  });
  ClientEnd client = Connect();
  client.Send(std::string(kHandshake) + "early");
  asked.Set();
  client.ReadAnswer();
  EXPECT_EQ(client.ReadUntil("seen"), "seen");
}

TEST_F(UpgradeTest, AServerThatRefusesIsHttpAsEver) {
  Start(Always("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno"));
  ClientEnd client = Connect();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.Ask(kHandshake).status, 426);
  EXPECT_EQ(Snapshot().upgrades, 0u);
}

TEST_F(UpgradeTest, Http2MayNotBeAskedForThroughUs) {
  Start(Always(Ok("hi")));
  EXPECT_EQ(Connect()
                .Ask("GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                     "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
                .body,
            "hi");
  EXPECT_THAT(requests().at(0), Not(HasSubstr("Upgrade")));
  EXPECT_THAT(requests().at(0), Not(HasSubstr("HTTP2")));
}

TEST_F(UpgradeTest, TheEndOfEitherSideIsTheOthers) {
  Event& told = NewEvent();
  Start([&](RawSocket& socket) {
    const bool first = Receive(socket).find("/ws") != std::string::npos;
    socket.Send(kSwitched);
    if (first && server().connections() == 1) {
      EXPECT_TRUE(socket.WaitForClose());
      told.Set();
    } else {
      socket.Send("goodbye");
    }
  });
  ClientEnd leaves = Connect();
  leaves.Ask(kHandshake);
  leaves.Close();
  EXPECT_TRUE(told.Wait());
  ClientEnd stays = Connect();
  stays.Ask(kHandshake);
  EXPECT_EQ(stays.ReadToEnd(), "goodbye");
  EXPECT_EQ(stays.end(), End::kClean);
}

// An event stream asked for and a protocol changed: the exchange is over with the change, and no
// stream has been opened.
TEST_F(UpgradeTest, AnExchangeThatBecomesATunnelIsCountedOnce) {
  StartEcho();
  {
    ClientEnd client = Connect();
    std::string handshake(kHandshake);
    handshake.insert(handshake.size() - 2, "Accept: text/event-stream\r\nMcp-Session-Id: s\r\n");
    EXPECT_EQ(client.Ask(handshake).status, 101);
  }
  WaitUntil([this] { return Snapshot().connections == 0; }, "the end");
  const Vitals seen = Snapshot();
  EXPECT_EQ(seen.upgrades, 1u);
  EXPECT_THAT(seen.requests, ElementsAre(Pair(vitals::RequestKey{"_GET", 101}, 1u)));
  EXPECT_EQ(seen.of(vitals::StreamKind::kGet).opened, 0u);
}

}  // namespace
}  // namespace mcp_vitals::relay
