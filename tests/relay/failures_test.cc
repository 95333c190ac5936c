#include "tests/relay/relay.h"

// A server that fails: what its clients see of it.
namespace mcp_vitals::relay {
namespace {

using ::testing::HasSubstr;

class FailuresTest : public RelayTest {
 protected:
  // The answer to one request, and that it is the last on its connection.
  Answer AskOnce(std::string_view request = kGet) {
    ClientEnd client = Connect();
    const Answer answer = client.Ask(request);
    EXPECT_EQ(client.ReadToEnd(), "");
    EXPECT_EQ(client.end(), End::kClean);
    return answer;
  }
};

TEST_F(FailuresTest, AServerThatIsNotThereIsABadGateway) {
  const support::RefusedPort nobody;
  StartBefore(nobody.port());
  const Answer answer = AskOnce();
  EXPECT_EQ(answer.status, 502);
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: text/plain"));
  EXPECT_EQ(answer.body, "mcp-vitals: no connection to the server could be made\n");
}

TEST_F(FailuresTest, AndToHeadWithoutABody) {
  const support::RefusedPort nobody;
  StartBefore(nobody.port());
  ClientEnd client = Connect();
  client.Send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer(true).status, 502);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(FailuresTest, AServerThatComesBackIsAskedAgain) {
  std::uint16_t port = 0;
  {
    const support::RefusedPort nobody;
    port = nobody.port();
    StartBefore(port);
    EXPECT_EQ(AskOnce().status, 502);
  }
  support::RawServer::Options options;
  options.port = port;
  const support::RawServer back(Always(Ok("back")), options);
  EXPECT_EQ(Connect().Ask(kGet).body, "back");
  Stop();
}

TEST_F(FailuresTest, AServerThatAcceptsNothingIsAGatewayTimeout) {
  settings_.timeouts.connect = std::chrono::milliseconds(50);
  const support::HangingPort full;
  StartBefore(full.port());
  EXPECT_EQ(AskOnce().status, 504);
}

TEST_F(FailuresTest, AServerThatClosesWithoutAWordIsABadGateway) {
  Start([this](RawSocket& socket) { Receive(socket); });
  EXPECT_EQ(AskOnce().status, 502);
}

TEST_F(FailuresTest, SoIsOneThatResets) {
  Start([this](RawSocket& socket) {
    Receive(socket);
    socket.Reset();
  });
  EXPECT_EQ(AskOnce().status, 502);
}

TEST_F(FailuresTest, SoIsOneWhoseHeadBreaksOff) {
  Start(Once("HTTP/1.1 200 OK\r\nContent-Le"));
  EXPECT_EQ(AskOnce().status, 502);
}

TEST_F(FailuresTest, SoIsOneThatSpeaksSomethingElse) {
  const std::vector<std::string> garbage = {
      "220 smtp.example ESMTP\r\n\r\n",
      "\x15\x03\x01\x02\x02\x46\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/2 200 OK\r\n\r\n",
      "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nhi",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhi",
      "HTTP/1.1 200 OK\r\nNo colon here\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX-Much: " + std::string(64 << 10, 'x') + "\r\n\r\n",
  };
  Start([=, this](RawSocket& socket) {
    const std::string request = Receive(socket);
    socket.Send(garbage.at(std::stoul(request.substr(5))));
    socket.WaitForClose();
  });
  for (std::size_t i = 0; i < garbage.size(); ++i) {
    SCOPED_TRACE(garbage[i].substr(0, 100));
    EXPECT_EQ(AskOnce("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n").status, 502);
  }
}

TEST_F(FailuresTest, WhatIsNoAnswerBehindAGoodOneHarmsNobody) {
  Start([this](RawSocket& socket) {
    Receive(socket);
    socket.Send(Ok("hi") + "\r\n\r\ngarbage");
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Ask(kGet).body, "hi");
}

// ---- answers that break off --------------------------------------------------------------------

enum class How { kCloses, kResets, kGarbles };
struct CutCase {
  std::string name;
  std::string begins;  // of the answer
  std::string_view request = kGet;
};
using CutParam = std::tuple<CutCase, How>;

class CutTest : public RelayTest, public ::testing::WithParamInterface<CutParam> {};

// What had come arrives; that it was not all is seen, and by the next client nothing.
TEST_P(CutTest, IsSeen) {
  const auto& [broken, how] = GetParam();
  Event& seen = NewEvent();
  Start([&, how = how](RawSocket& socket) {
    if (Receive(socket).starts_with("GET /good")) {
      socket.Send(Ok("good"));
      return;
    }
    socket.Send(broken.begins);
    if (how != How::kCloses) seen.Wait();
    if (how == How::kResets) socket.Reset();
    if (how == How::kGarbles) socket.Send("no chunk\r\n");
  });
  ClientEnd client = Connect();
  client.Send(broken.request);
  EXPECT_THAT(client.ReadUntil("so far"), HasSubstr("HTTP/1.1 200 OK\r\n"));
  seen.Set();
  const std::string rest = client.ReadToEnd();
  const bool framed = broken.request == kGet;  // else a clean end would be the answer's
  EXPECT_TRUE(client.end() == End::kReset || (framed && client.end() == End::kClean));
  EXPECT_EQ(rest.find("\r\n0\r\n"), std::string::npos);
  EXPECT_EQ(rest.find("HTTP/1.1"), std::string::npos);
  EXPECT_EQ(Connect().Ask("GET /good HTTP/1.1\r\nHost: h\r\n\r\n").body, "good");
}

constexpr std::string_view kOldGet = "GET /x HTTP/1.0\r\n\r\n";
const std::string kByLength = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nso far";
const std::string kInChunks =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunk("so far");
const std::string kInAChunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nso far";
const std::string kAnEvent = std::string(kStreamHead) + Chunk("data: so far");
const std::string kUntilEnd = "HTTP/1.1 200 OK\r\n\r\nso far";

std::string NameOf(const ::testing::TestParamInfo<CutParam>& info) {
  constexpr std::array kHow = {"Closes", "Resets", "Garbles"};
  return std::get<0>(info.param).name + kHow[static_cast<std::size_t>(std::get<1>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(AndTheServer, CutTest,
                         ::testing::Combine(::testing::Values(CutCase{"ByLength", kByLength},
                                                              CutCase{"InChunks", kInChunks},
                                                              CutCase{"InAChunk", kInAChunk},
                                                              CutCase{"Stream", kAnEvent}),
                                            ::testing::Values(How::kCloses, How::kResets)),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(InTheMiddle, CutTest,
                         ::testing::Combine(::testing::Values(CutCase{"Chunks", kInChunks},
                                                              CutCase{"Stream", kAnEvent}),
                                            ::testing::Values(How::kGarbles)),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(ForHttp10, CutTest,
                         ::testing::Combine(::testing::Values(CutCase{"InChunks", kInChunks,
                                                                      kOldGet}),
                                            ::testing::Values(How::kCloses, How::kResets)),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(UntilTheEnd, CutTest,
                         ::testing::Combine(::testing::Values(CutCase{"New", kUntilEnd},
                                                              CutCase{"Old", kUntilEnd, kOldGet}),
                                            ::testing::Values(How::kResets)),
                         NameOf);

// A reset throws away what is still on its way: so none is sent behind an answer that shows by
// itself that it was cut.
TEST_F(FailuresTest, AllThatCameBeforeACutArrives) {
  const std::string body = Noise(std::size_t{4} << 20);
  Start(Once("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + body));
  ClientEnd client = Connect(4096);
  const Answer answer = client.Ask(kGet);
  EXPECT_FALSE(answer.whole);
  EXPECT_TRUE(answer.body == body);
}

TEST_F(FailuresTest, AStreamThatWasCutIsCountedSo) {
  Start(Once(std::string(kStreamHead) + Chunk("data: x\n\n")));
  ClientEnd client = Connect();
  client.Send(kGetStream);
  client.ReadToEnd();
  EXPECT_EQ(EndedStreams(vitals::StreamEnd::kCut), 1u);
}

}  // namespace
}  // namespace mcp_vitals::relay
