#include "exporter/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/exporter/http_client.h"
#include "tests/support/certificates.h"

namespace mcp_vitals::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Response Text(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

class ServerTest : public testing::Test {
 protected:
  void Start(WebConfig web = {}) {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.web = std::move(web);
    options.self = &self_;
    options.log = [this](std::string_view line) {
      const std::lock_guard lock(log_mutex_);
      log_ += std::string(line) + "\n";
    };
    Routes routes;
    routes["/hello"].handler = [](const Request& r) { return Text("hello " + r.Query("name")); };
    routes["/open"].handler = [](const Request&) { return Text("open"); };
    routes["/open"].open = true;
    routes["/long"].handler = [](const Request&) {
      Response response;
      response.stream = [](std::ostream& out) {
        for (int i = 0; i < 100'000 && out; ++i) out << "line " << i << "\n";
      };
      return response;
    };
    routes["/slow"].max_concurrent = 2;
    routes["/slow"].handler = [released = release_.get_future().share()](const Request&) {
      released.wait();
      return Text("slow");
    };
    std::string error;
    server_ = Server::Start(std::move(options), std::move(routes), error);
    ASSERT_TRUE(server_) << error;
  }
  std::uint16_t port() const { return server_->port(); }

  std::string Log() {
    const std::lock_guard lock(log_mutex_);
    return log_;
  }

  SelfVitals self_;
  std::mutex log_mutex_;
  std::string log_;
  std::promise<void> release_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersARoute) {
  Start();
  const std::string answer = Get(port(), "/hello?name=J%C3%BCrgen");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nhello Jürgen"));
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
  Start();
  const std::string answer = Ask(port(), "HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, Not(HasSubstr("hello")));
}

TEST_F(ServerTest, RefusesUnknownPathsAndMethods) {
  Start();
  EXPECT_THAT(Get(port(), "/nothing"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Get(port(), "/../../etc/passwd"), Not(StartsWith("HTTP/1.1 200")));
  const std::string answer =
      Ask(port(), "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD"));
}

TEST_F(ServerTest, StreamsALongAnswerWhole) {
  Start();
  const std::string answer = Get(port(), "/long");
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_THAT(answer, HasSubstr("line 99999\n"));
  EXPECT_TRUE(answer.ends_with("0\r\n\r\n"));
}

TEST_F(ServerTest, RefusesAHeadThatIsTooLarge) {
  Start();
  const std::string answer = Get(port(), "/hello", "X: " + std::string(64 * 1024, 'x') + "\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 431"));
  EXPECT_EQ(self_.request_heads_too_large, 1u);
}

TEST_F(ServerTest, AnswersGarbageWithAnErrorOrNothing) {
  Start();
  EXPECT_THAT(Ask(port(), std::string("\x16\x03\x01\0\xff garbage\r\n\r\n", 18)),
              Not(HasSubstr(" 200 ")));
  EXPECT_THAT(Get(port(), "/hello"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, StalledClientsDoNotStarveAScrape) {
  Start();
  boost::asio::io_context context;
  std::vector<tcp::socket> stalled;
  for (int i = 0; i < 200; ++i) {
    stalled.push_back(ConnectTo(context, port()));  // says nothing
    stalled.push_back(ConnectTo(context, port()));  // stops in the middle of a head
    boost::asio::write(stalled.back(), boost::asio::buffer("GET /hello HTTP/1.1\r\nHo", 23));
  }
  for (int i = 0; i < 8; ++i) {  // asks for much and reads nothing
    stalled.push_back(ConnectTo(context, port()));
    boost::asio::write(stalled.back(),
                       boost::asio::buffer(std::string("GET /long HTTP/1.1\r\nHost: x\r\n\r\n")));
  }
  EXPECT_THAT(Get(port(), "/hello"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, MakesRoomForNewClientsByCuttingTheOldestThatStall) {
  Start();
  boost::asio::io_context context;
  std::vector<tcp::socket> stalled;
  for (int i = 0; i < 700; ++i) stalled.push_back(ConnectTo(context, port()));
  EXPECT_THAT(Get(port(), "/hello"), StartsWith("HTTP/1.1 200"));
  EXPECT_GT(self_.connections_cut, 0u);
}

TEST_F(ServerTest, BoundsTheRequestsOfOneRoute) {
  Start();
  std::vector<std::future<std::string>> waiting;
  for (int i = 0; i < 10; ++i) {
    waiting.push_back(std::async(std::launch::async, [this] { return Get(port(), "/slow"); }));
  }
  while (self_.requests_rejected == 0) std::this_thread::yield();
  EXPECT_THAT(Get(port(), "/hello"), StartsWith("HTTP/1.1 200"));
  release_.set_value();
  int refused = 0;
  for (auto& answer : waiting) refused += answer.get().starts_with("HTTP/1.1 503") ? 1 : 0;
  EXPECT_GT(refused, 0);
}

// "secret" at cost 4, so that a test is quick.
constexpr const char* kHash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
constexpr const char* kRight = "Authorization: Basic b3BzOnNlY3JldA==\r\n";         // ops:secret
constexpr const char* kWrong = "Authorization: Basic b3BzOndyb25n\r\n";             // ops:wrong
constexpr const char* kStranger = "Authorization: Basic bm9ib2R5OnNlY3JldA==\r\n";  // nobody:secret

TEST_F(ServerTest, AsksForNameAndPasswordWhereConfigured) {
  WebConfig web;
  web.basic_auth_users["ops"] = kHash;
  Start(web);
  EXPECT_THAT(Get(port(), "/hello", kRight), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get(port(), "/hello", kRight), StartsWith("HTTP/1.1 200"));  // remembered
  EXPECT_THAT(Get(port(), "/hello"), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(Get(port(), "/hello"), HasSubstr("WWW-Authenticate: Basic"));
  EXPECT_THAT(Get(port(), "/hello", kWrong), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(Get(port(), "/hello", kStranger), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(Get(port(), "/hello", "Authorization: Basic %%%\r\n"), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(Get(port(), "/open"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, TakesNewUsersWhileItRuns) {
  Start();
  std::string error;
  WebConfig web;
  web.basic_auth_users["ops"] = kHash;
  ASSERT_TRUE(server_->SetWebConfig(web, error)) << error;
  EXPECT_THAT(Get(port(), "/hello"), StartsWith("HTTP/1.1 401"));
}

class TlsTest : public ServerTest {
 protected:
  WebConfig MakeTls(const std::string& client_auth = "NoClientCert") {
    const auto identity = authority_.Issue({});
    WebConfig web;
    web.tls.emplace();
    web.tls->cert_file = files_.Write("cert.pem", identity.ChainPem());
    web.tls->key_file = files_.Write("key.pem", identity.KeyPem());
    web.tls->client_auth_type = client_auth;
    web.tls->client_ca_file = files_.Write("ca.pem", authority_.Pem());
    return web;
  }
  void StartTls(const std::string& client_auth = "NoClientCert") { Start(MakeTls(client_auth)); }
  // What a client that trusts the test's authority gets; "" when the handshake fails.
  std::string TlsGet(const support::Identity* client = nullptr) {
    boost::asio::ssl::context tls(boost::asio::ssl::context::tls_client);
    tls.load_verify_file(files_.path() + "/ca.pem");
    tls.set_verify_mode(boost::asio::ssl::verify_peer);
    if (client != nullptr) {
      tls.use_certificate_chain_file(files_.Write("client.pem", client->ChainPem()));
      tls.use_private_key_file(files_.Write("client-key.pem", client->KeyPem()),
                               boost::asio::ssl::context::pem);
    }
    boost::asio::io_context context;
    boost::asio::ssl::stream<tcp::socket> stream(ConnectTo(context, port()), tls);
    boost::system::error_code ec;
    stream.handshake(boost::asio::ssl::stream_base::client, ec);
    if (ec) return "";
    const std::string request = "GET /hello?name=tls HTTP/1.1\r\nHost: localhost\r\n\r\n";
    boost::asio::write(stream, boost::asio::buffer(request), ec);
    return ReadToEnd(stream);
  }

  support::Authority authority_;
  support::TempDir files_;
};

TEST_F(TlsTest, AnswersOverTls) {
  StartTls();
  EXPECT_EQ(server_->scheme(), "https");
  EXPECT_THAT(TlsGet(), HasSubstr("hello tls"));
}

TEST_F(TlsTest, GivesPlainClientsNothing) {
  StartTls();
  EXPECT_THAT(Get(port(), "/hello"), Not(HasSubstr("hello")));
}

TEST_F(TlsTest, WantsAClientCertificateWhereConfigured) {
  StartTls("RequireAndVerifyClientCert");
  EXPECT_THAT(TlsGet(), Not(HasSubstr("hello")));
  const auto stranger = support::Authority("Other CA").Issue({});
  EXPECT_THAT(TlsGet(&stranger), Not(HasSubstr("hello")));
  const auto known = authority_.Issue({});
  EXPECT_THAT(TlsGet(&known), HasSubstr("hello tls"));
}

TEST_F(TlsTest, ShowsANewCertificateWhenTheFilesChange) {
  StartTls();
  ASSERT_THAT(TlsGet(), HasSubstr("hello tls"));
  const auto stranger = support::Authority("Other CA").Issue({});
  files_.Write("key.pem", stranger.KeyPem());
  files_.Write("cert.pem", stranger.ChainPem());
  EXPECT_EQ(TlsGet(), "");  // the client does not trust the new one
}

TEST_F(TlsTest, KeepsTheCertificateWhenTheNewFilesCannotBeUsed) {
  StartTls();
  files_.Write("cert.pem", "-----BEGIN CERTIFICATE-----\nhalf");
  EXPECT_THAT(TlsGet(), HasSubstr("hello tls"));
  EXPECT_THAT(Log(), HasSubstr("cert.pem"));
}

// The words are Go's, whose servers behave so.
TEST_F(TlsTest, AsksForClientCertificatesAsTheWordsSay) {
  const auto known = authority_.Issue({});
  const auto stranger = support::Authority("Other CA").Issue({});
  struct Case {
    const char* word;
    bool none, unknown, verified;  // who is let in
  };
  StartTls();
  for (const Case& expected :
       {Case{"NoClientCert", true, true, true}, Case{"RequestClientCert", true, true, true},
        Case{"RequireAnyClientCert", false, true, true},
        Case{"VerifyClientCertIfGiven", true, false, true},
        Case{"RequireAndVerifyClientCert", false, false, true}}) {
    std::string error;
    ASSERT_TRUE(server_->SetWebConfig(MakeTls(expected.word), error)) << error;
    const auto is_let_in = [this](const support::Identity* client) {
      return TlsGet(client).find("hello tls") != std::string::npos;
    };
    EXPECT_EQ(is_let_in(nullptr), expected.none) << expected.word;
    EXPECT_EQ(is_let_in(&stranger), expected.unknown) << expected.word;
    EXPECT_EQ(is_let_in(&known), expected.verified) << expected.word;
  }
}

TEST_F(TlsTest, RefusesVersionsBelowTheConfigured) {
  StartTls();
  WebConfig web = MakeTls();
  web.tls->min_version = "TLS13";
  std::string error;
  ASSERT_TRUE(server_->SetWebConfig(web, error)) << error;
  boost::asio::io_context context;
  boost::system::error_code refused;
  boost::asio::ssl::context old(boost::asio::ssl::context::tlsv12_client);
  boost::asio::ssl::stream<tcp::socket> client(ConnectTo(context, port()), old);
  client.handshake(boost::asio::ssl::stream_base::client, refused);
  EXPECT_TRUE(refused);
  EXPECT_THAT(TlsGet(), HasSubstr("hello tls"));
}

TEST_F(TlsTest, NeedsARestartToTurnTlsOffAndForNothingElse) {
  StartTls();
  WebConfig web;
  web.basic_auth_users["alice"] = "$2y$04$......................MeOwlsFXnCpqBDLOYN7UsSJUdiTbnBS";
  std::string error;
  EXPECT_TRUE(server_->NeedsRestart(web));
  EXPECT_FALSE(server_->NeedsRestart(MakeTls()));
  EXPECT_TRUE(server_->SetWebConfig(web, error));
  EXPECT_THAT(TlsGet(), HasSubstr(" 401 ")) << "TLS goes on, and the users hold already";
}

TEST(ServerStart, NamesTheAddressThatIsTaken) {
  std::string error;
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  const auto first = Server::Start(options, {}, error);
  ASSERT_TRUE(first) << error;
  options.listen = "127.0.0.1:" + std::to_string(first->port());
  EXPECT_FALSE(Server::Start(options, {}, error));
  EXPECT_THAT(error, HasSubstr(options.listen));
}

TEST(ServerStart, NamesTheFileThatCannotBeUsed) {
  std::string error;
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.web.tls.emplace();
  options.web.tls->cert_file = "/no/such/cert.pem";
  EXPECT_FALSE(Server::Start(options, {}, error));
  EXPECT_THAT(error, HasSubstr("/no/such/cert.pem"));
}

}  // namespace
}  // namespace mcp_vitals::exporter
