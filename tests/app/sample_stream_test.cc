#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "app/sample_server.h"
#include "tests/app/open_stream.h"
#include "tests/app/sample_requests.h"

// The streams of the sample server.
namespace mcp_vitals::app {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr auto kNever = std::chrono::hours(24);

SampleOptions Every(milliseconds interval) {
  SampleOptions options;
  options.event_interval = interval;
  return options;
}

// A legacy session of the server.
class Session {
 public:
  explicit Session(const SampleServer& server)
      : server_(server),
        header_("Mcp-Session-Id: " + SessionOf(Post(server, kInitialize)) + "\r\n") {}
  HttpAnswer Asks(const std::string& body) const { return Post(server_, body, header_); }
  std::string GetText() const {
    return "GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n" + header_ +
           "\r\n";
  }
  std::string CallText(const std::string& params) const {
    return PostText(R"({"jsonrpc":"2.0","id":5,"method":"tools/call","params":{)" + params + "}}",
                    header_);
  }
  HttpAnswer Deletes() const {
    return Ask(server_.port(),
               "DELETE /mcp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header_ + "\r\n");
  }
  const std::string& header() const { return header_; }

 private:
  const SampleServer& server_;
  const std::string header_;
};

bool BecomesIdle(const SampleServer& server) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (server.streams() > 0) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string ListenText(const std::string& params) {
  return PostText(Modern("subscriptions/listen", params), ModernHeaders("subscriptions/listen"));
}

TEST(SampleStreamTest, AGetBringsMessagesUntilItsSessionEnds) {
  const auto server = StartSample(Every(milliseconds(1)));
  const Session session(*server);
  OpenStream stream(server->port(), session.GetText());
  EXPECT_TRUE(stream.Reads("notifications/message"));
  EXPECT_THAT(stream.text(), HasSubstr("HTTP/1.1 200"));
  EXPECT_THAT(stream.text(), HasSubstr("Content-Type: text/event-stream"));
  EXPECT_TRUE(stream.Reads("message 3"));
  EXPECT_EQ(server->streams(), 1u);
  EXPECT_EQ(session.Deletes().status, 200);
  EXPECT_TRUE(stream.Ends());
  EXPECT_TRUE(BecomesIdle(*server));
}

TEST(SampleStreamTest, TheFirstMessageComesAtOnce) {
  const auto server = StartSample(Every(kNever));
  OpenStream stream(server->port(), Session(*server).GetText());
  EXPECT_TRUE(stream.Reads("message 1\"}}\n\n"));
}

TEST(SampleStreamTest, AGetIsRefusedWithoutItsSessionOrInTheModernEra) {
  const auto server = StartSample();
  const std::string accept = "Accept: text/event-stream\r\n";
  const auto status = [&](const std::string& headers) {
    return Get(server->port(), "/mcp", headers).status;
  };
  EXPECT_EQ(status(accept), 400);
  EXPECT_EQ(status(accept + "Mcp-Session-Id: nobody\r\n"), 404);
  EXPECT_EQ(status(accept + "MCP-Protocol-Version: 1999-01-01\r\n"), 400);
  EXPECT_EQ(status(accept + "MCP-Protocol-Version: 2026-07-28\r\n"), 405);
  const auto modern = StartSample({0, false, true, false});
  EXPECT_EQ(Get(modern->port(), "/mcp", accept).status, 405);
}

TEST(SampleStreamTest, AClientThatLeavesIsNoticedAtOnce) {
  const auto server = StartSample(Every(kNever));
  OpenStream stream(server->port(), Session(*server).GetText());
  ASSERT_TRUE(stream.Reads("message 1"));
  EXPECT_EQ(server->streams(), 1u);
  stream.socket().Close();
  EXPECT_TRUE(BecomesIdle(*server));
}

TEST(SampleStreamTest, ASessionMayAskForNoMessages) {
  const auto server = StartSample(Every(milliseconds(1)));
  const Session session(*server);
  const auto set = [&](const std::string& level) {
    return session.Asks(
        R"({"jsonrpc":"2.0","id":2,"method":"logging/setLevel","params":{"level":")" + level +
        "\"}}");
  };
  EXPECT_EQ(Find(set("loud").body, "/error/code"), "-32602");
  EXPECT_EQ(set("error").body, R"({"jsonrpc":"2.0","id":2,"result":{}})");
  OpenStream stream(server->port(), session.GetText());
  EXPECT_TRUE(stream.Reads(": quiet\n\n"));
  EXPECT_THAT(stream.text(), Not(HasSubstr("notifications/message")));
  EXPECT_EQ(set("info").status, 200);
  EXPECT_TRUE(stream.Reads("notifications/message"));
}

TEST(SampleStreamTest, ListenBeginsWithWhatIsAcknowledged) {
  const auto server = StartSample(Every(milliseconds(1)));
  OpenStream stream(
      server->port(),
      ListenText(R"("notifications":{"toolsListChanged":true,"promptsListChanged":true},)"));
  EXPECT_TRUE(stream.Reads(": keepalive\n\n"));
  const std::size_t first = stream.text().find("data: ");
  EXPECT_EQ(stream.text().substr(first + 6, stream.text().find('\n', first) - first - 6),
            R"({"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":)"
            R"({"_meta":{"io.modelcontextprotocol/subscriptionId":"x"},)"
            R"("notifications":{"toolsListChanged":true}}})");
  EXPECT_EQ(server->streams(), 1u);
}

TEST(SampleStreamTest, ListeningForNothingThatThereIsEndsProperly) {
  const auto server = StartSample(Every(kNever));
  OpenStream stream(server->port(), ListenText(R"("notifications":{"promptsListChanged":true},)"));
  EXPECT_TRUE(stream.Ends());
  EXPECT_THAT(stream.text(), HasSubstr(R"("notifications":{}}})"));
  EXPECT_THAT(stream.text(), HasSubstr(R"("id":"x","result":{"resultType":"complete")"));
  const auto wrong =
      Post(*server, Modern("subscriptions/listen"), ModernHeaders("subscriptions/listen"));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(Find(wrong.body, "/error/code"), "-32602");
}

TEST(SampleStreamTest, ASlowCallReportsItsProgressAndThenAnswers) {
  const auto server = StartSample();
  const Session session(*server);
  OpenStream stream(
      server->port(),
      session.CallText(
          R"("name":"wait","arguments":{"seconds":0.02},"_meta":{"progressToken":"p"})"));
  EXPECT_TRUE(stream.Ends());
  const std::string& text = stream.text();
  EXPECT_THAT(text, HasSubstr(R"("params":{"progressToken":"p","progress":1,"total":4})"));
  EXPECT_LT(text.find(R"("progress":4,)"), text.find(R"("id":5,"result":)"));
  EXPECT_THAT(text, HasSubstr("Waited 0.02 s"));
  // The connection goes on.
  stream.socket().Send(session.CallText(R"("name":"wait","arguments":{"seconds":"long"})"));
  EXPECT_TRUE(stream.Reads("from 0 to 60"));
  EXPECT_TRUE(stream.Reads("\"isError\":true"));
}

TEST(SampleStreamTest, WithoutATokenThereIsNoProgress) {
  const auto server = StartSample();
  OpenStream stream(server->port(),
                    PostText(Modern("tools/call", R"("name":"wait","arguments":{"seconds":0},)"),
                             ModernHeaders("tools/call", "Mcp-Name: wait\r\n")));
  EXPECT_TRUE(stream.Ends());
  EXPECT_THAT(stream.text(), Not(HasSubstr("notifications/progress")));
  EXPECT_THAT(stream.text(), HasSubstr(R"("resultType":"complete")"));
}

TEST(SampleStreamTest, ACancelledCallIsNotAnswered) {
  const auto server = StartSample();
  const Session session(*server);
  OpenStream stream(server->port(),
                    session.CallText(R"("name":"wait","arguments":{"seconds":60})"));
  ASSERT_TRUE(stream.Reads("\r\n\r\n"));
  const auto cancel = [&](const std::string& id) {
    return session
        .Asks(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + id +
              "}}")
        .status;
  };
  EXPECT_EQ(cancel("4"), 202);
  EXPECT_EQ(server->streams(), 1u);
  EXPECT_EQ(cancel("5"), 202);
  EXPECT_TRUE(stream.Ends());
  EXPECT_THAT(stream.text(), Not(HasSubstr("data: ")));
}

TEST(SampleStreamTest, ThereAreOnlySoManyAtOnce) {
  SampleOptions options = Every(kNever);
  options.max_streams = 1;
  const auto server = StartSample(options);
  const Session session(*server);
  OpenStream first(server->port(), session.GetText());
  ASSERT_TRUE(first.Reads("message 1"));
  OpenStream second(server->port(), session.GetText());
  EXPECT_TRUE(second.Reads("Too many streams"));
  EXPECT_THAT(second.text(), HasSubstr("HTTP/1.1 503"));
}

TEST(SampleStreamTest, AServerThatEndsEndsItsStreamsProperly) {
  auto server = StartSample(Every(kNever));
  OpenStream get(server->port(), Session(*server).GetText());
  OpenStream listen(server->port(), ListenText(R"("notifications":{"toolsListChanged":true},)"));
  ASSERT_TRUE(get.Reads("message 1"));
  ASSERT_TRUE(listen.Reads("acknowledged"));
  server.reset();
  EXPECT_TRUE(get.Ends());
  EXPECT_TRUE(listen.Ends());
  EXPECT_THAT(listen.text(), HasSubstr(R"("id":"x","result":{"resultType":"complete")"));
}

}  // namespace
}  // namespace mcp_vitals::app
