#include "exporter/civet.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "tests/exporter/answers.h"
#include "tests/exporter/http_client.h"

namespace mcp_vitals::exporter {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class CivetTest : public ::testing::Test {
 protected:
  void Start(std::function<void(const Request&, const Civet::Write&)> serve) {
    Civet::Options options;
    options.workers = 8;
    options.is_ours = [this](std::uint16_t) { return ours_.load(); };
    options.serve = std::move(serve);
    options.log = [](std::string_view) {};
    std::string error;
    civet_ = Civet::Start(std::move(options), error);
    ASSERT_TRUE(civet_) << error;
  }
  void StartStream(std::function<void(std::ostream&)> stream) {
    Start([stream = std::move(stream)](const Request&, const Civet::Write& write) {
      Response response;
      response.stream = stream;
      write(response);
    });
  }

  std::string Ask(const std::string& request) {
    return exporter::Ask(civet_->port(), request, Civet::kFrom);
  }
  std::string Get(const std::string& target, const std::string& headers = "") {
    return Ask("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  }

  std::atomic<bool> ours_{true};
  std::unique_ptr<Civet> civet_;
};

// Whoever shares the network with us must not get past TLS and passwords by asking civetweb itself.
TEST_F(CivetTest, RefusesConnectionsThatAreNotOurs) {
  std::atomic<bool> served{false};
  Start([&](const Request&, const Civet::Write& write) {
    served = true;
    write({});
  });
  ours_ = false;
  EXPECT_THAT(Get("/metrics"), StartsWith("HTTP/1.1 403"));
  EXPECT_FALSE(served);
}

// A port that is ours at one address is anybody's at another.
TEST_F(CivetTest, RefusesConnectionsFromAnotherAddress) {
  Start([](const Request&, const Civet::Write& write) { write({}); });
  EXPECT_THAT(exporter::Get(civet_->port(), "/metrics"), StartsWith("HTTP/1.1 403"));
}

// In a process of its own, as a user of its own, since the limit counts all that a user has.
TEST_F(CivetTest, SaysThatItDidNotGetItsThreads) {
  if (getuid() != 0) GTEST_SKIP() << "needs root, to become a user who has nothing else";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto start_with_few = [] {
    constexpr rlimit kFew{4, 4};
    constexpr uid_t kNobodyElse = 64999;
    if (setrlimit(RLIMIT_NPROC, &kFew) != 0 || setuid(kNobodyElse) != 0) _exit(2);
    Civet::Options options;
    options.workers = 8;
    options.log = [](std::string_view) {};
    std::string error;
    const bool started = Civet::Start(std::move(options), error) != nullptr;
    std::fputs(error.c_str(), stderr);
    _exit(started ? 1 : 0);
  };
  EXPECT_EXIT(start_with_few(), ::testing::ExitedWithCode(0), "not all of 8 threads .*pids.max");
}

TEST_F(CivetTest, ShowsTheRequestAsItWasSent) {
  Request seen;
  Start([&](const Request& request, const Civet::Write& write) {
    seen = request;
    write({});
  });
  Get("/probe?target=http%3A%2F%2Fa%2Fb%3Fc%3Dd&module=x+y&debug",
      "X-Prometheus-Scrape-Timeout-Seconds: 10\r\n");
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.path, "/probe");
  EXPECT_EQ(seen.Query("target"), "http://a/b?c=d");
  EXPECT_EQ(seen.Query("module"), "x y");
  EXPECT_EQ(seen.query.count("debug"), 1u);
  EXPECT_EQ(seen.Header("x-prometheus-scrape-timeout-seconds"), "10");
}

TEST_F(CivetTest, ServesNoFilesWhateverThePath) {
  Start([](const Request&, const Civet::Write& write) { write(Answer(404)); });
  for (const char* path : {"/", "/../../etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd",
                           "/%2e%2e/%2e%2e/etc/passwd", "/.htpasswd"}) {
    EXPECT_THAT(Get(path), StartsWith("HTTP/1.1 404")) << path;
  }
}

TEST_F(CivetTest, StreamsInChunksThatEndProperly) {
  StartStream([](std::ostream& out) { out << std::string(20000, 'x') << "end"; });
  const std::string answer = Get("/");
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(answer, HasSubstr("xend\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n0\r\n\r\n"));
}

TEST_F(CivetTest, StreamsToTheEndOfTheConnectionForHttp10) {
  StartStream([](std::ostream& out) { out << "all of it"; });
  const std::string answer = Ask("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(answer, Not(HasSubstr("chunked")));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nall of it"));
}

TEST_F(CivetTest, StreamsNothingForHead) {
  std::atomic<bool> streamed{false};
  StartStream([&](std::ostream&) { streamed = true; });
  const std::string answer = Ask("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
  EXPECT_FALSE(streamed);
}

TEST_F(CivetTest, EndsAStreamWhoseClientIsGone) {
  std::promise<void> ended;
  StartStream([&](std::ostream& out) {
    for (int i = 0; i < 10'000'000 && out; ++i) out << "a line that nobody reads\n";
    EXPECT_FALSE(out);
    ended.set_value();
  });
  {
    boost::asio::io_context context;
    tcp::socket client = ConnectTo(context, civet_->port(), Civet::kFrom);
    boost::asio::write(client,
                       boost::asio::buffer(std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
    char first = 0;
    boost::asio::read(client, boost::asio::buffer(&first, 1));
  }
  EXPECT_EQ(ended.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(CivetTest, AnswersAHandlerThatThrowsWith500) {
  Start([](const Request&, const Civet::Write&) { throw std::runtime_error("a bug"); });
  EXPECT_THAT(Get("/"), StartsWith("HTTP/1.1 500"));
}

TEST_F(CivetTest, AnswersWhatIsNoHttpWithAnErrorAndGoesOn) {
  Start([](const Request&, const Civet::Write& write) { write({}); });
  for (const std::string& request : std::vector<std::string>{
           std::string("\r\n\r\n"), std::string("GET\r\n\r\n"),
           std::string("GET / HTTP/9.9\r\n\r\n"), std::string("GET /\0 HTTP/1.1\r\n\r\n", 19),
           std::string("no such thing at all\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nno colon here\r\n\r\n"),
           std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}) {
    EXPECT_THAT(Ask(request), Not(StartsWith("HTTP/1.1 2"))) << request;
  }
  EXPECT_THAT(Get("/"), StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace mcp_vitals::exporter
