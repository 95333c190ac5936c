#include "tests/relay/relay.h"
#include "tests/support/certificates.h"

// Clients that speak TLS, to a server that does not.
namespace mcp_vitals::relay {
namespace {

using ::testing::HasSubstr;

class TlsTest : public RelayTest {
 protected:
  TlsTest() {
    const auto identity = support::SelfSigned({});
    net::TlsServerConfig tls;
    tls.cert_file = dir_.Write("cert.pem", identity.ChainPem());
    tls.key_file = dir_.Write("key.pem", identity.KeyPem());
    settings_.tls = tls;
    settings_.rewrite.forwarded = proxy::Forwarded::kAppend;
  }
  ClientEnd ConnectTls() {
    ClientEnd client = Connect();
    EXPECT_TRUE(client.StartTls());
    return client;
  }

 private:
  const support::TempDir dir_;
};

TEST_F(TlsTest, RequestsAreAnsweredOnKeptConnections) {
  Start(Always(Ok("hi")));
  ClientEnd client = ConnectTls();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.Ask(kGet).body, "hi");
  EXPECT_THAT(requests().front(), HasSubstr("X-Forwarded-Proto: https\r\n"));
  EXPECT_EQ(server().connections(), 1);
}

TEST_F(TlsTest, LargeBodiesPassBothWays) {
  Start([this](RawSocket& socket) {
    while (true) {
      const std::string request = Receive(socket);
      if (request.empty()) return;
      socket.Send(Ok(BodyOf(request)));
    }
  });
  const std::string body = Noise(std::size_t{4} << 20);
  ClientEnd client = ConnectTls();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.Ask(Post(body)).body, body);
}

TEST_F(TlsTest, AnEventArrivesBeforeTheNext) {
  Event& seen = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(std::string(kStreamHead) + Chunk("data: 1\n\n"));
    EXPECT_TRUE(seen.Wait());
    socket.Send(Chunk("data: 2\n\n") + Chunk(""));
    socket.WaitForClose();
  });
  ClientEnd client = ConnectTls();
  client.Send(kGetStream);
  client.ReadUntil("data: 1\n\n");
  seen.Set();
  EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("data: 2"));
}

TEST_F(TlsTest, TheEndOfAnAnswerWithoutLengthIsSaidInOrder) {
  Start(Once("HTTP/1.1 200 OK\r\n\r\nuntil here"));
  ClientEnd client = ConnectTls();
  const Answer answer = client.Ask("GET /x HTTP/1.0\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.body, "until here");
  EXPECT_EQ(client.end(), End::kClean);
}

TEST_F(TlsTest, AClientThatLeavesIsSeenByTheServer) {
  Event& told = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(std::string(kStreamHead) + Chunk("data: x\n\n"));
    if (socket.WaitForClose()) told.Set();
  });
  {
    ClientEnd client = ConnectTls();
    client.Send(kGetStream);
    client.ReadUntil("data: x\n\n");
  }
  EXPECT_TRUE(told.Wait());
}

TEST_F(TlsTest, WhoSpeaksNoTlsHarmsNobody) {
  settings_.timeouts.head = std::chrono::milliseconds(100);
  Start(Always(Ok("hi")));
  ClientEnd plain = Connect();
  plain.Send(kGet);
  ClientEnd silent = Connect();
  ClientEnd half = Connect();
  half.Send("\x16\x03\x01\x02");
  EXPECT_EQ(ConnectTls().Ask(kGet).body, "hi");
  plain.ReadToEnd();
  silent.ReadToEnd();
  half.ReadToEnd();
  for (const ClientEnd* client : {&plain, &silent, &half}) EXPECT_NE(client->end(), End::kNot);
}

TEST_F(TlsTest, AnAnswerMustBeTaken) {
  settings_.timeouts.write = std::chrono::milliseconds(50);
  Event& told = NewEvent();
  Start([&](RawSocket& socket) {
    Receive(socket);
    socket.Send(kStreamHead);
    const std::string piece = Chunk("data: " + Noise(64 << 10) + "\n\n");
    while (socket.Send(piece)) {
    }
    told.Set();
  });
  ClientEnd client = ConnectTls();
  client.Send(kGetStream);
  EXPECT_TRUE(told.Wait());
  EXPECT_EQ(Snapshot().hits(vitals::Limit::kSlowReader), 1u);
}

TEST_F(TlsTest, ACertificateThatCannotBeUsedIsNamed) {
  settings_.tls->key_file += ".missing";
  boost::asio::io_context context;
  std::string error;
  settings_.upstream_port = 1;
  EXPECT_EQ(proxy::Proxy::Start(context, settings_, error), nullptr);
  EXPECT_THAT(error, HasSubstr("key.pem.missing"));
}

}  // namespace
}  // namespace mcp_vitals::relay
