#include "proxy/link.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <memory>
#include <string>

#include "proxy/core.h"

namespace mcp_vitals::proxy {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::seconds;

class Sender final : public Link {
 public:
  using Link::Link;

 private:
  void OnBytes(std::string_view) override {}
  void OnEnd(bool) override {}
  void OnSent() override {}
};

// A sender whose peer has taken nothing of what is more than the kernel holds, at invented times.
class LinkTest : public testing::Test {
 protected:
  LinkTest() {
    tcp::acceptor acceptor(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    peer_.connect(acceptor.local_endpoint());
    tcp::socket socket = acceptor.accept();
    socket.non_blocking(true);
    link_ = std::make_shared<Sender>(core_, net::Stream(socket.release()));
    EXPECT_TRUE(link_->Start());
    EXPECT_FALSE(link_->Send(std::string(std::size_t{64} << 20, 'x')));
    sent_ = net::Clock::now();
  }
  ~LinkTest() override { link_->Close(); }

  bool IsStuckAfter(double timeouts) {
    const auto write = std::chrono::duration<double>(core_.settings.timeouts.write);
    return link_->IsStuck(sent_ + std::chrono::duration_cast<Time::duration>(write * timeouts));
  }
  // The kernel may hand a little more over meanwhile, on a busy machine, which counts as taken.
  bool IsStuckSomeTimeAfter(double timeouts) {
    for (int i = 0; i < 100; ++i) {
      if (IsStuckAfter(timeouts + 1.1 * i)) return true;
    }
    return false;
  }
  void PeerTakes(std::size_t bytes) {
    std::string taken(bytes, ' ');
    asio::read(peer_, asio::buffer(taken));
  }

  asio::io_context context_;
  Core core_{context_.get_executor(), Settings()};
  tcp::socket peer_{context_};
  std::shared_ptr<Sender> link_;
  Time sent_;
};

TEST_F(LinkTest, WhoTakesNothingIsGivenItsTime) {
  EXPECT_FALSE(IsStuckAfter(0.9));
  EXPECT_TRUE(IsStuckSomeTimeAfter(1.1));
}

TEST_F(LinkTest, WhoTakesSlowlyIsGivenItAgain) {
  PeerTakes(std::size_t{1} << 20);
  // What it has taken is acknowledged soon, by the kernel.
  for (int i = 0; i < 10'000 && IsStuckAfter(1.1); ++i) ::usleep(1000);
  EXPECT_FALSE(IsStuckAfter(2.0));
  EXPECT_TRUE(IsStuckSomeTimeAfter(2.2));
}

}  // namespace
}  // namespace mcp_vitals::proxy
