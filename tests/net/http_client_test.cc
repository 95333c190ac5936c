#include "net/http_client.h"

#include <gtest/gtest.h>

#include <future>

#include "net/error.h"
#include "tests/net/client.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::net {
namespace {

using support::RawServer;
using support::RawSocket;

const std::string kHi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

HttpRequest Get() {
  HttpRequest request;
  request.headers.emplace_back("Host", "mcp.example");
  return request;
}

// A client connected to a server, and what is asked of it one step at a time.
class Client {
 public:
  explicit Client(const RawServer& server, HttpLimits limits = {})
      : dialed_(DialNow(At(server.port()))), client_(std::move(**dialed_), limits) {}

  Result<HttpHead> Exchange(HttpRequest request = Get(), Clock::duration timeout = kSoon) {
    return Await(dialed_->context, client_.Exchange(std::move(request), Clock::now() + timeout));
  }
  Result<HttpHead> AwaitHead(Clock::duration timeout) {
    return Await(dialed_->context, client_.AwaitHead(Clock::now() + timeout));
  }
  Result<std::string> ReadBody(Clock::duration timeout = kSoon) {
    const auto piece = Await(dialed_->context, client_.ReadBody(Clock::now() + timeout));
    if (!piece) return piece.error();
    return std::string(*piece);
  }
  Result<std::string> ReadAll(Clock::duration timeout = kSoon) {
    return Await(dialed_->context, client_.ReadAll(Clock::now() + timeout));
  }
  bool reusable() const { return client_.reusable(); }
  bool Becomes(bool wanted) const {
    const auto end = Clock::now() + kSoon;
    while (reusable() != wanted && Clock::now() < end) std::this_thread::yield();
    return reusable() == wanted;
  }

 private:
  std::unique_ptr<Dialed> dialed_;
  HttpClient client_;
};

// Answers the first request with `answer` and closes.
RawServer::Script Answering(std::string answer) {
  return [answer](RawSocket& socket) {
    if (!socket.ReadRequest().empty()) socket.Send(answer);
  };
}

// Answers the first request with `answer` and then does nothing until the client closes.
RawServer::Script AnsweringAndHanging(std::string answer) {
  return [answer](RawSocket& socket) {
    if (!socket.ReadRequest().empty()) socket.Send(answer);
    socket.WaitForClose();
  };
}

TEST(HttpClientTest, SendsTheRequestAsOnePiece) {
  std::promise<std::string> seen;
  RawServer server([&](RawSocket& socket) {
    seen.set_value(socket.ReadSome());
    socket.Send(kHi);
  });
  Client client(server);
  HttpRequest request = Get();
  request.method = "POST";
  request.target = "/mcp?x=1";
  request.headers.emplace_back("Accept", "application/json, text/event-stream");
  request.body = "{\"jsonrpc\":\"2.0\"}";
  const auto head = client.Exchange(request);
  ASSERT_TRUE(head) << head.error().message();
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->version, "1.1");
  EXPECT_EQ(*client.ReadAll(), "hi");
  EXPECT_EQ(seen.get_future().get(),
            "POST /mcp?x=1 HTTP/1.1\r\nHost: mcp.example\r\n"
            "Accept: application/json, text/event-stream\r\nContent-Length: 17\r\n\r\n"
            "{\"jsonrpc\":\"2.0\"}");
}

TEST(HttpClientTest, SaysTheLengthOfAnEmptyPostAndOfNoOther) {
  for (const auto& [method, says] : {std::pair{"POST", true}, {"GET", false}, {"DELETE", false}}) {
    std::promise<std::string> seen;
    RawServer server([&](RawSocket& socket) {
      seen.set_value(socket.ReadSome());
      socket.Send(kHi);
    });
    Client client(server);
    HttpRequest request = Get();
    request.method = method;
    ASSERT_TRUE(client.Exchange(request));
    const bool said = seen.get_future().get().find("Content-Length: 0\r\n") != std::string::npos;
    EXPECT_EQ(said, says) << method;
  }
}

TEST(HttpClientTest, RefusesWhatWouldInjectAndSendsNothing) {
  std::promise<std::string> seen;
  RawServer server([&](RawSocket& socket) { seen.set_value(socket.ReadSome()); });
  {
    Client client(server);
    const auto refuses = [&](auto change) {
      HttpRequest request = Get();
      change(request);
      const auto head = client.Exchange(request);
      return !head && head.error() == Error::kBadRequest;
    };
    const auto header = [&](const std::string& name, const std::string& value) {
      return refuses([&](HttpRequest& r) { r.headers.emplace_back(name, value); });
    };
    EXPECT_TRUE(header("A", "b\r\nC: d"));
    EXPECT_TRUE(header("A", "b\nC: d"));
    EXPECT_TRUE(header("A", "b\r"));
    EXPECT_TRUE(header("A", std::string("b\0", 2)));
    EXPECT_TRUE(header("A\r\nB", "c"));
    EXPECT_TRUE(header("A:", "c"));
    EXPECT_TRUE(header("A ", "c"));
    EXPECT_TRUE(header("", "c"));
    EXPECT_TRUE(header("\xc3\xa4", "c"));
    EXPECT_TRUE(header("content-length", "5"));
    EXPECT_TRUE(header("Transfer-Encoding", "chunked"));
    EXPECT_TRUE(refuses([](HttpRequest& r) { r.target = "/a b"; }));
    EXPECT_TRUE(refuses([](HttpRequest& r) { r.target = "/\r\nA: b"; }));
    EXPECT_TRUE(refuses([](HttpRequest& r) { r.target = ""; }));
    EXPECT_TRUE(refuses([](HttpRequest& r) { r.method = "GET /x"; }));
    EXPECT_TRUE(refuses([](HttpRequest& r) { r.method = ""; }));
  }
  EXPECT_EQ(seen.get_future().get(), "");
}

TEST(HttpClientTest, ReusesAConnection) {
  RawServer server([](RawSocket& socket) {
    while (!socket.ReadRequest().empty()) socket.Send(kHi);
  });
  Client client(server);
  EXPECT_FALSE(client.reusable());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client.Exchange());
    EXPECT_FALSE(client.reusable());  // the body is still to be read
    EXPECT_EQ(*client.ReadAll(), "hi");
    EXPECT_TRUE(client.reusable());
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClientTest, IsNotReusableOnceTheServerHasClosed) {
  std::promise<void> close;
  RawServer server([&](RawSocket& socket) {
    socket.ReadRequest();
    socket.Send(kHi);
    close.get_future().wait();
  });
  Client client(server);
  ASSERT_TRUE(client.Exchange());
  ASSERT_TRUE(client.ReadAll());
  EXPECT_TRUE(client.reusable());
  close.set_value();
  EXPECT_TRUE(client.Becomes(false));
  const auto head = client.Exchange();
  ASSERT_FALSE(head);
  EXPECT_TRUE(head.error() == Error::kNoAnswer || head.error() == Error::kReset);
}

TEST(HttpClientTest, IsNotReusableWithBytesAfterTheAnswer) {
  RawServer server(AnsweringAndHanging(kHi + "HTTP/1.1 200 OK\r\n"));
  Client client(server);
  ASSERT_TRUE(client.Exchange());
  EXPECT_EQ(*client.ReadAll(), "hi");
  EXPECT_TRUE(client.Becomes(false));
}

TEST(HttpClientTest, IsNotReusableWhenTheServerSaidClose) {
  RawServer server(
      AnsweringAndHanging("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"));
  Client client(server);
  ASSERT_TRUE(client.Exchange());
  EXPECT_EQ(*client.ReadAll(), "hi");
  EXPECT_FALSE(client.reusable());
  EXPECT_EQ(client.Exchange().error(), Error::kNoAnswer);
}

TEST(HttpClientTest, AnAnswerWithoutBodyIsCompleteAtOnce) {
  for (const char* answer :
       {"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"}) {
    RawServer server(AnsweringAndHanging(answer));
    Client client(server);
    ASSERT_TRUE(client.Exchange());
    EXPECT_EQ(*client.ReadBody(), "");
    EXPECT_TRUE(client.reusable());
  }
}

TEST(HttpClientTest, AnAnswerToHeadHasNoBody) {
  RawServer server(AnsweringAndHanging("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
  Client client(server);
  HttpRequest request = Get();
  request.method = "HEAD";
  ASSERT_TRUE(client.Exchange(request));
  EXPECT_EQ(*client.ReadAll(), "");
  EXPECT_TRUE(client.reusable());
}

TEST(HttpClientTest, GivesEventsAsTheyCome) {
  std::promise<void> first_read;
  RawServer server([&](RawSocket& socket) {
    socket.ReadRequest();
    socket.Send(kChunked + "6\r\nfirst!\r\n");
    first_read.get_future().wait();
    socket.Send("7\r\nsecond!\r\n0\r\n\r\n");
    socket.WaitForClose();
  });
  Client client(server);
  ASSERT_TRUE(client.Exchange());
  EXPECT_EQ(*client.ReadBody(), "first!");
  first_read.set_value();
  EXPECT_EQ(*client.ReadBody(), "second!");
  EXPECT_EQ(*client.ReadBody(), "");
  EXPECT_EQ(*client.ReadBody(), "");
  EXPECT_TRUE(client.reusable());
}

TEST(HttpClientTest, PassesOverInformationalAnswers) {
  RawServer server(
      Answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + kHi));
  Client client(server);
  const auto head = client.Exchange();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(*client.ReadAll(), "hi");
}

TEST(HttpClientTest, ReadsALargeBody) {
  const std::string body(std::size_t{7} << 20, 'x');
  RawServer server(Answering("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                             "\r\n\r\n" + body));
  Client client(server);
  ASSERT_TRUE(client.Exchange());
  const auto read = client.ReadAll();
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->size(), body.size());
}

TEST(HttpClientTest, ReadsAHeadOfNearlyTheLimit) {
  RawServer server(Answering(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: " + std::string(64'000, 'x') + "\r\n\r\nhi"));
  Client client(server);
  const auto head = client.Exchange();
  ASSERT_TRUE(head) << head.error().message();
  EXPECT_EQ(head->Find("x").size(), 64'000U);
  EXPECT_EQ(*client.ReadAll(), "hi");
}

// ---- the answer fails before or in its head ----------------------------------------------------

struct HeadFailure {
  const char* name;
  RawServer::Script script;
  Error error;
};

class HeadFailureTest : public testing::TestWithParam<HeadFailure> {};

TEST_P(HeadFailureTest, IsNamedAndClosesTheConnection) {
  std::promise<bool> closed;
  RawServer server([&](RawSocket& socket) {
    GetParam().script(socket);
    closed.set_value(socket.WaitForClose());
  });
  std::optional<Client> client(std::in_place, server);
  const bool late = GetParam().error == Error::kTimeout;
  const auto began = Clock::now();
  const auto head = client->Exchange(Get(), late ? 200ms : 10'000ms);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error(), GetParam().error) << head.error().message();
  EXPECT_LT(Clock::now() - began, kPrompt);
  EXPECT_FALSE(client->reusable());
  // What is late may still come, until the client goes.
  EXPECT_EQ(client->AwaitHead(1ms).error(), late ? Error::kTimeout : Error::kNoAnswer);
  if (late) client.reset();
  EXPECT_TRUE(closed.get_future().get());
}

TEST(HttpClientTest, TakesAnAnswerThatCameAfterItsTime) {
  std::promise<void> late;
  RawServer server([&](RawSocket& socket) {
    socket.ReadRequest();
    socket.Send("HTTP/1.1 20");
    late.get_future().wait_for(kSoon);
    socket.Send("0 OK\r\nContent-Length: 2\r\n\r\nhi");
    socket.WaitForClose();
  });
  Client client(server);
  ASSERT_EQ(client.Exchange(Get(), kShort).error(), Error::kTimeout);
  late.set_value();
  const auto head = client.AwaitHead(kSoon);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(*client.ReadAll(), "hi");
  EXPECT_TRUE(client.reusable());
}

TEST(HttpClientTest, AwaitsNothingWhereNothingWasAsked) {
  RawServer server([](RawSocket& socket) { socket.WaitForClose(); });
  EXPECT_EQ(Client(server).AwaitHead(kSoon).error(), Error::kNoAnswer);
}

// Sends `piece` again and again, until the client has had enough.
RawServer::Script Endlessly(std::string beginning, std::string piece) {
  return [beginning, piece](RawSocket& socket) {
    socket.ReadRequest();
    if (!socket.Send(beginning)) return;
    while (socket.Send(piece)) {
    }
  };
}

INSTANTIATE_TEST_SUITE_P(
    Table, HeadFailureTest,
    testing::Values(
        HeadFailure{"Silence", [](RawSocket& s) { s.ReadRequest(); }, Error::kTimeout},
        HeadFailure{"SilenceInTheHead", AnsweringAndHanging("HTTP/1.1 200 OK\r\nA:"),
                    Error::kTimeout},
        HeadFailure{"SilenceAfterContinue", AnsweringAndHanging("HTTP/1.1 100 Continue\r\n\r\n"),
                    Error::kTimeout},
        HeadFailure{"Closed", [](RawSocket& s) { s.ReadRequest(), s.ShutDownSending(); },
                    Error::kNoAnswer},
        HeadFailure{"ClosedInTheHead",
                    [](RawSocket& s) {
                      s.ReadRequest();
                      s.Send("HTTP/1.1 200 OK\r\nA:");
                      s.ShutDownSending();
                    },
                    Error::kClosedEarly},
        HeadFailure{"Reset", [](RawSocket& s) { s.ReadRequest(), s.Reset(); }, Error::kReset},
        HeadFailure{"Garbage", [](RawSocket& s) { s.ReadRequest(), s.Send("SSH-2.0-x\r\n"); },
                    Error::kMalformedHttp},
        HeadFailure{"EndlessHeader", Endlessly("HTTP/1.1 200 OK\r\nA: ", "aaaaaaaa"),
                    Error::kTooLarge},
        HeadFailure{"EndlessHeaders", Endlessly("HTTP/1.1 200 OK\r\n", "A: b\r\n"),
                    Error::kTooLarge},
        HeadFailure{"EndlessContinues", Endlessly("", "HTTP/1.1 100 Continue\r\n\r\n"),
                    Error::kMalformedHttp},
        HeadFailure{"Length4GiB",
                    [](RawSocket& s) {
                      s.ReadRequest();
                      s.Send("HTTP/1.1 200 OK\r\nContent-Length: 4294967296\r\n\r\n");
                    },
                    Error::kTooLarge}),
    [](const auto& test) { return test.param.name; });

// ---- the answer fails in its body --------------------------------------------------------------

struct BodyFailure {
  const char* name;
  RawServer::Script script;
  Error error;
};

class BodyFailureTest : public testing::TestWithParam<BodyFailure> {};

TEST_P(BodyFailureTest, IsNamedAndClosesTheConnection) {
  std::promise<bool> closed;
  RawServer server([&](RawSocket& socket) {
    GetParam().script(socket);
    closed.set_value(socket.WaitForClose());
  });
  HttpLimits limits;
  limits.body = std::size_t{1} << 20;
  Client client(server, limits);
  const auto began = Clock::now();
  ASSERT_TRUE(client.Exchange());
  const auto body = client.ReadAll(GetParam().error == Error::kTimeout ? 200ms : 10'000ms);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error(), GetParam().error) << body.error().message();
  EXPECT_EQ(client.ReadBody().error(), GetParam().error);
  EXPECT_LT(Clock::now() - began, kPrompt);
  EXPECT_FALSE(client.reusable());
  EXPECT_TRUE(closed.get_future().get());
}

RawServer::Script SendingAndClosing(std::string answer) {
  return [answer](RawSocket& socket) {
    socket.ReadRequest();
    socket.Send(answer);
    socket.ShutDownSending();
  };
}

const std::string kLength = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table, BodyFailureTest,
    testing::Values(
        BodyFailure{"Silence", AnsweringAndHanging(kLength + "part"), Error::kTimeout},
        BodyFailure{"SilenceFromTheStart", AnsweringAndHanging(kChunked), Error::kTimeout},
        BodyFailure{"Cut", SendingAndClosing(kLength + "part"), Error::kClosedEarly},
        BodyFailure{"CutFromTheStart", SendingAndClosing(kLength), Error::kClosedEarly},
        BodyFailure{"CutChunk", SendingAndClosing(kChunked + "5\r\nhel"), Error::kClosedEarly},
        BodyFailure{"CutBetweenChunks", SendingAndClosing(kChunked + "2\r\nhi\r\n"),
                    Error::kClosedEarly},
        BodyFailure{"GarbageInChunks",
                    [](RawSocket& s) { s.ReadRequest(), s.Send(kChunked + "2\r\nhi\r\nxyz\r\n"); },
                    Error::kMalformedHttp},
        BodyFailure{"EndlessBody", Endlessly("HTTP/1.1 200 OK\r\n\r\n", std::string(4096, 'x')),
                    Error::kTooLarge},
        BodyFailure{"EndlessChunks", Endlessly(kChunked, "8\r\n12345678\r\n"), Error::kTooLarge},
        BodyFailure{"EndlessChunkExtension", Endlessly(kChunked + "8;a=", "aaaaaaaa"),
                    Error::kTooLarge},
        BodyFailure{"EndlessTrailers", Endlessly(kChunked + "0\r\n", "A: b\r\n"),
                    Error::kTooLarge}),
    [](const auto& test) { return test.param.name; });

TEST(HttpClientTest, GivesWhatCameBeforeAnError) {
  RawServer server(AnsweringAndHanging(kChunked + "2\r\nhi\r\nxyz\r\n"));
  Client client(server);
  ASSERT_TRUE(client.Exchange());
  std::string seen;
  auto piece = client.ReadBody();
  for (; piece; piece = client.ReadBody()) seen += *piece;
  EXPECT_EQ(seen, "hi");
  EXPECT_EQ(piece.error(), Error::kMalformedHttp);
}

TEST(HttpClientTest, AResetInTheBodyIsNamed) {
  std::promise<void> read;
  RawServer server([&](RawSocket& socket) {
    socket.ReadRequest();
    socket.Send(kLength + "part");
    read.get_future().wait();
    socket.Reset();
  });
  Client client(server);
  ASSERT_TRUE(client.Exchange());
  EXPECT_EQ(*client.ReadBody(), "part");
  read.set_value();
  EXPECT_EQ(client.ReadBody().error(), Error::kReset);
}

TEST(HttpClientTest, ManySmallChunksTakeLittleTime) {
  std::string answer = kChunked;
  for (int i = 0; i < 500'000; ++i) answer += "1\r\nx\r\n";
  RawServer server(Answering(answer + "0\r\n\r\n"));
  Client client(server);
  ASSERT_TRUE(client.Exchange());
  const auto began = Clock::now();
  EXPECT_EQ(client.ReadAll()->size(), 500'000U);
  EXPECT_LT(Clock::now() - began, kPrompt);
}

TEST(HttpClientTest, LeavesNoDescriptorBehind) {
  const std::size_t before = CountDescriptors();
  for (const std::string& answer : {kHi, kLength, std::string("garbage\r\n"), kChunked + "x"}) {
    RawServer server(AnsweringAndHanging(answer));
    Client client(server);
    if (client.Exchange(Get(), kShort)) client.ReadAll(kShort);
  }
  EXPECT_EQ(CountDescriptors(), before);
}

Task<Result<std::string>> Fetch(std::uint16_t port) {
  DialTrace trace;
  auto connection = co_await Dial(At(port), In(kSoon), trace);
  if (!connection) co_return connection.error();
  HttpClient client(std::move(*connection), {});
  const auto head = co_await client.Exchange(Get(), In(kSoon));
  if (!head) co_return head.error();
  co_return co_await client.ReadAll(In(kSoon));
}

TEST(HttpClientTest, MayBeAbandonedInHeadAndBody) {
  const std::size_t before = CountDescriptors();
  for (const std::string& answer : {std::string("HTTP/1.1 200 OK\r\n"), kLength + "part"}) {
    RawServer server(AnsweringAndHanging(answer));
    support::Abandon(Fetch(server.port()), 20ms);
  }
  EXPECT_EQ(CountDescriptors(), before);
}

}  // namespace
}  // namespace mcp_vitals::net
