#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "exporter/server.h"
#include "tests/exporter/answers.h"
#include "tests/exporter/http_client.h"
#include "tests/support/certificates.h"

// Clients that misbehave, hundreds at a time, while others want an answer.
namespace mcp_vitals::exporter {
namespace {

using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kMany = 200;
const std::string kAskForMuch = "GET /much HTTP/1.1\r\nHost: x\r\n\r\n";

class HostileClientsTest : public ::testing::Test {
 protected:
  void Start(WebConfig web = {}) {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.web = std::move(web);
    options.self = &self_;
    Routes routes;
    routes["/metrics"].handler = [](const Request&) { return Answer(200, "up 1\n"); };
    // More than the sockets' buffers take.
    routes["/much"].handler = [](const Request&) {
      Response response;
      response.stream = [](std::ostream& out) {
        const std::string piece(1 << 16, 'x');
        for (int i = 0; i < 512 && out; ++i) out << piece;
      };
      return response;
    };
    std::string error;
    server_ = Server::Start(std::move(options), std::move(routes), error);
    ASSERT_TRUE(server_) << error;
  }
  std::uint16_t port() const { return server_->port(); }
  std::vector<tcp::socket> Connect(int count, const std::string& say) {
    std::vector<tcp::socket> clients;
    for (int i = 0; i < count; ++i) {
      clients.push_back(ConnectTo(context_, port()));
      boost::asio::write(clients.back(), boost::asio::buffer(say));
    }
    return clients;
  }

  SelfVitals self_;
  boost::asio::io_context context_;
  std::unique_ptr<Server> server_;
};

TEST_F(HostileClientsTest, ManyThatSayNothingDelayNobody) {
  Start();
  const auto silent = Connect(kMany, "");
  EXPECT_THAT(Get(port(), "/metrics"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(self_.slow_clients_cut, 0u) << "nobody had to be cut for it";
}

TEST_F(HostileClientsTest, ManyThatStopInTheMiddleOfAHeadDelayNobody) {
  Start();
  const auto halting = Connect(kMany, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Half: ");
  EXPECT_THAT(Get(port(), "/metrics"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(self_.slow_clients_cut, 0u) << "nobody had to be cut for it";
}

TEST_F(HostileClientsTest, ManyThatReadNothingDelayNobody) {
  Start();
  const auto deaf = Connect(kMany, kAskForMuch);
  EXPECT_THAT(Get(port(), "/metrics"), StartsWith("HTTP/1.1 200"));
  EXPECT_LT(self_.slow_clients_cut, std::uint64_t{kMany}) << "not all had to be cut for it";
}

// They take all places of the route itself at first; those that stall are cut for it.
TEST_F(HostileClientsTest, ManyThatReadNothingDoNotKeepAPageToThemselves) {
  Start();
  const auto deaf = Connect(kMany, kAskForMuch);
  std::string answer;
  const auto until = steady_clock::now() + std::chrono::seconds(10);
  while (!answer.starts_with("HTTP/1.1 200") && steady_clock::now() < until) {
    answer = Get(port(), "/much");
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_GT(answer.size(), std::size_t{512} << 16);
  EXPECT_TRUE(answer.ends_with("\r\n0\r\n\r\n"));
  EXPECT_GT(self_.slow_clients_cut, 0u);
}

TEST_F(HostileClientsTest, AHeadMustArriveWholeInTimeHoweverItTrickles) {
  Start();
  auto silent = Connect(1, "");
  auto trickling = Connect(1, "GET /metrics HTTP/1.1\r\nX-Long: ");
  std::atomic<bool> stop{false};
  std::thread trickle([&] {
    boost::system::error_code gone;
    while (!stop && !gone) {
      boost::asio::write(trickling[0], boost::asio::buffer("x", 1), gone);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  EXPECT_EQ(ReadToEnd(silent[0]), "");
  char byte = 0;
  boost::system::error_code ec;
  trickling[0].read_some(boost::asio::buffer(&byte, 1), ec);
  EXPECT_TRUE(ec);
  stop = true;
  trickle.join();
  EXPECT_EQ(self_.slow_clients_cut, 2u);
}

TEST_F(HostileClientsTest, AMegabyteOfHeaderIsRefusedAndSaidSo) {
  Start();
  auto client = Connect(1, "");
  const std::string head = "GET /metrics HTTP/1.1\r\nX-Much: " + std::string(1 << 20, 'x');
  boost::system::error_code ec;
  boost::asio::write(client[0], boost::asio::buffer(head), ec);  // may be cut on the way
  EXPECT_THAT(ReadToEnd(client[0]), StartsWith("HTTP/1.1 431"));
}

TEST_F(HostileClientsTest, OfRequestsInARowTheFirstIsAnswered) {
  Start();
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string answer = Ask(port(), request + request + request);
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\nup 1\n"));
  EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos);
}

TEST_F(HostileClientsTest, ClientsThatLeaveAtOnceLeaveNothingBehind) {
  Start();
  for (int i = 0; i < kMany; ++i) {
    auto leaving = Connect(1, i % 2 == 0 ? kAskForMuch : "GET");
    leaving[0].set_option(boost::asio::socket_base::linger(true, 0));  // a reset
    leaving[0].close();
  }
  EXPECT_THAT(Get(port(), "/metrics"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HostileClientsTest, AnAnswerUnderWayIsFinishedWhenTheServerStops) {
  Start();
  auto client = Connect(1, kAskForMuch);
  std::string answer(1, '\0');
  boost::asio::read(client[0], boost::asio::buffer(answer));
  auto stopped = std::async(std::launch::async, [this] { server_.reset(); });
  answer += ReadToEnd(client[0]);
  stopped.get();
  EXPECT_TRUE(answer.ends_with("\r\n0\r\n\r\n"));
}

TEST_F(HostileClientsTest, AStalledClientDoesNotKeepTheServerFromStopping) {
  Start();
  auto deaf = Connect(3, kAskForMuch);
  for (auto& client : deaf) {
    std::array<char, 1> begun;
    boost::asio::read(client, boost::asio::buffer(begun));
  }
  const auto silent = Connect(3, "");
  const auto begin = steady_clock::now();
  server_.reset();
  // The front gives them 5 s; the HTTP server behind it, left alone with them, takes 15.
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(12));
}

TEST_F(HostileClientsTest, ManyThatStallInTheTlsHandshakeDelayNobody) {
  const support::Authority authority;
  const support::TempDir files;
  const auto identity = authority.Issue({});
  WebConfig web;
  web.tls.emplace();
  web.tls->cert_file = files.Write("cert.pem", identity.ChainPem());
  web.tls->key_file = files.Write("key.pem", identity.KeyPem());
  Start(web);
  const auto silent = Connect(kMany, "");
  const auto halting = Connect(kMany, std::string("\x16\x03\x01\x02\x00\x01\x00", 7));

  boost::asio::ssl::context tls(boost::asio::ssl::context::tls_client);
  boost::asio::ssl::stream<tcp::socket> stream(ConnectTo(context_, port()), tls);
  stream.handshake(boost::asio::ssl::stream_base::client);
  boost::asio::write(stream,
                     boost::asio::buffer(std::string("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")));
  EXPECT_THAT(ReadToEnd(stream), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(self_.slow_clients_cut, 0u) << "nobody had to be cut for it";
}

}  // namespace
}  // namespace mcp_vitals::exporter
