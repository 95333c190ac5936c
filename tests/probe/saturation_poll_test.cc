#include "probe/saturation_poll.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <functional>

#include "net/async.h"
#include "tests/probe/saturation_samples.h"
#include "tests/probe/scripted_server.h"

namespace mcp_vitals::probe {
namespace {

class SaturationPollTest : public testing::Test {
 protected:
  static std::shared_ptr<const SaturationSource> Source(const std::string& url) {
    auto source = std::make_shared<SaturationSource>(DefaultSource());
    source->target.url = *net::ParseUrl(url);
    source->target.timeout = std::chrono::seconds(20);
    source->interval = std::chrono::milliseconds(1);
    return source;
  }
  void RunUntil(const std::function<bool()>& done) {
    const auto end = net::Clock::now() + std::chrono::seconds(30);
    while (!done() && context_.run_one_until(end) > 0) {
    }
    EXPECT_TRUE(done());
  }
  // A server that does not answer; `asked` is set on the poll's thread.
  Script Silent(bool& asked) {
    return {{"GET", [this, &asked](const Seen& request, support::RawSocket& socket) {
               net::asio::post(context_, [&asked] { asked = true; });
               return Hang()(request, socket);
             }}};
  }
  void Stop() {
    bool stopped = false;
    poll_.Stop([&stopped] { stopped = true; });
    RunUntil([&stopped] { return stopped; });
  }

  net::asio::io_context context_{1};
  int good_ = 0, failed_ = 0;
  std::string last_;
  SaturationPoll poll_{context_, "mcp-vitals/0",
                       [this](const SaturationSource& source, const vitals::Fetched& fetched) {
                         last_ = source.target.url.target;
                         ++(std::holds_alternative<vitals::Saturation>(fetched) ? good_ : failed_);
                       }};
};

TEST_F(SaturationPollTest, AsksAgainAndAgainWhateverComes) {
  int asked = 0;
  ScriptedServer server({{"GET", [&asked](const Seen&, support::RawSocket&) {
                            const bool good = ++asked % 2 == 0;
                            return Http(good ? 200 : 500, "application/json", kAllFigures);
                          }}});
  poll_.Configure(Source(server.Url("/a")));
  RunUntil([this] { return good_ >= 2 && failed_ >= 2; });
  Stop();
}

TEST_F(SaturationPollTest, AnotherSourceTakesThePlaceOfOneThatHangs) {
  bool asked = false;
  ScriptedServer silent(Silent(asked));
  ScriptedServer server({{"GET", Fixed(Http(200, "application/json", kAllFigures))}});
  poll_.Configure(Source(silent.Url("/a")));
  RunUntil([&asked] { return asked; });
  poll_.Configure(Source(server.Url("/b")));
  RunUntil([this] { return good_ >= 1; });
  EXPECT_EQ(last_, "/b");
  EXPECT_EQ(failed_, 0) << "what was given up says nothing of the server";
  Stop();
}

TEST_F(SaturationPollTest, WithoutASourceNothingIsAsked) {
  ScriptedServer server({{"GET", Fixed(Http(200, "application/json", kAllFigures))}});
  poll_.Configure(Source(server.Url("/a")));
  RunUntil([this] { return good_ >= 1; });
  poll_.Configure(nullptr);
  context_.run();  // nothing is left to do
  const int before = good_;
  Stop();
  EXPECT_EQ(good_, before);
}

TEST_F(SaturationPollTest, StopsAtOnceInTheMiddleOfAFetch) {
  bool asked = false;
  ScriptedServer silent(Silent(asked));
  poll_.Configure(Source(silent.Url("/a")));
  RunUntil([&asked] { return asked; });
  Stop();
  EXPECT_EQ(good_ + failed_, 0);
}

}  // namespace
}  // namespace mcp_vitals::probe
