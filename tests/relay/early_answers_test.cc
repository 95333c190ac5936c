#include "tests/relay/relay.h"

// Servers that answer before they have the whole request, or take their time to take it.
namespace mcp_vitals::relay {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kMuch = std::size_t{12} << 20;

class EarlyAnswersTest : public RelayTest {};

TEST_F(EarlyAnswersTest, ThePermissionToSendABodyComesFromTheServer) {
  Start([&](RawSocket& socket) {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) head += socket.ReadSome();
    EXPECT_THAT(head, HasSubstr("Expect: 100-continue\r\n"));
    socket.Send("HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n");
    EXPECT_EQ(socket.ReadSome(), "body");
    socket.Send(Ok("thanks"));
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n");
  EXPECT_EQ(client.Ask("body").body, "thanks");
}

TEST_F(EarlyAnswersTest, SoDoesTheRefusal) {
  Start([](RawSocket& socket) {
    socket.ReadSome();
    socket.Send("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno");
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  const Answer answer = client.Ask(
      "POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(answer.status, 417);
  EXPECT_THAT(answer.head, HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(client.end(), End::kClean);
}

// The client goes on sending, and must get the answer all the same.
TEST_F(EarlyAnswersTest, AnAnswerBeforeTheBodyHasComeArrives) {
  Start([](RawSocket& socket) {
    socket.ReadSome();
    socket.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
    socket.ShutDownSending();
    socket.WaitForClose();
  });
  for (int i = 0; i < 5; ++i) {
    ClientEnd client = Connect();
    client.Send(Post(Noise(kMuch)));
    const Answer answer = client.ReadAnswer();
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.body, "big");
    EXPECT_EQ(client.ReadToEnd(), "");
  }
}

// As many servers do it: what is left unread makes the kernel send a reset behind the answer.
TEST_F(EarlyAnswersTest, SoDoesOneBehindWhichTheServerResets) {
  Start([](RawSocket& socket) {
    socket.ReadSome();
    socket.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
  });
  ClientEnd client = Connect();
  client.Send(Post(Noise(kMuch)));
  EXPECT_EQ(client.ReadAnswer().status, 413);
}

TEST_F(EarlyAnswersTest, AServerThatReadsNothingStopsTheClient) {
  Event& read_on = NewEvent();
  std::string got;
  Start([&](RawSocket& socket) {
    ASSERT_TRUE(read_on.Wait());
    got = socket.ReadRequest();
    socket.Send(Ok("at last"));
    socket.WaitForClose();
  });
  constexpr std::size_t kHuge = std::size_t{64} << 20;
  const std::string body = Noise(kHuge);
  ClientEnd client = Connect();
  std::atomic<bool> sent = false;
  std::thread sender([&] {
    client.Send(Post(body));
    sent = true;
  });
  for (int i = 0; i < 20; ++i) Snapshot();  // the proxy goes on
  EXPECT_FALSE(sent);
  read_on.Set();
  sender.join();
  EXPECT_EQ(client.ReadAnswer().body, "at last");
  EXPECT_TRUE(BodyOf(got) == body);
  EXPECT_THAT(std::string(HeadOf(got)), Not(HasSubstr("chunked")));
}

}  // namespace
}  // namespace mcp_vitals::relay
