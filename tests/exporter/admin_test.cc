#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio.hpp>

#include "exporter/admin_listener.h"
#include "tests/exporter/http_client.h"
#include "tests/support/certificates.h"

namespace mcp_vitals::exporter {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Routes Reload(int& reloads) {
  Routes routes;
  routes["/-/reload"].handler = [&reloads](const Request&) {
    ++reloads;
    return Response();
  };
  return routes;
}

std::string AskSocket(const std::string& path, const std::string& request) {
  boost::asio::io_context context;
  boost::asio::local::stream_protocol::socket socket(context);
  socket.connect(path);
  boost::asio::write(socket, boost::asio::buffer(request));
  return ReadToEnd(socket);
}

constexpr const char* kPost = "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";

// A listener on a socket of its own.
class AdminSocketTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(listener) << error; }

  const support::TempDir dir;
  const std::string path = dir.path() + "/admin.sock";
  int reloads = 0;
  std::string error;
  const std::unique_ptr<AdminListener> listener =
      AdminListener::Start("unix:" + path, Reload(reloads), error);
};

TEST_F(AdminSocketTest, ReloadsByPostOnASocketOfItsOwnersOnly) {
  EXPECT_THAT(AskSocket(path, kPost), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(reloads, 1);
  EXPECT_THAT(AskSocket(path, "GET /-/reload HTTP/1.1\r\nHost: x\r\n\r\n"),
              StartsWith("HTTP/1.1 405"));
  EXPECT_EQ(reloads, 1);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_FALSE(AdminListener::Start("unix:" + path, {}, error));
  EXPECT_THAT(error, HasSubstr("in use"));
}

TEST_F(AdminSocketTest, ASilentClientHoldsUpNoOther) {
  boost::asio::io_context context;
  boost::asio::local::stream_protocol::socket silent(context);
  silent.connect(path);
  EXPECT_THAT(AskSocket(path, kPost), StartsWith("HTTP/1.1 200"));
  silent.non_blocking(true);
  char byte;
  boost::system::error_code ec;
  silent.read_some(boost::asio::buffer(&byte, 1), ec);
  EXPECT_EQ(ec, boost::asio::error::would_block) << "it was cut off first";
}

TEST(AdminListenerTest, ReplacesASocketThatNobodyServes) {
  support::TempDir dir;
  const std::string path = dir.path() + "/admin.sock";
  {
    boost::asio::io_context context;
    boost::asio::local::stream_protocol::acceptor left(context, path);
  }
  std::string error;
  EXPECT_TRUE(AdminListener::Start("unix:" + path, {}, error)) << error;
}

TEST(AdminListenerTest, ListensOnLoopbackAndNowhereElse) {
  int reloads = 0;
  std::string error;
  const auto listener = AdminListener::Start("127.0.0.1:0", Reload(reloads), error);
  ASSERT_TRUE(listener) << error;
  const std::string address = listener->address();
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  EXPECT_THAT(Ask(port, kPost), StartsWith("HTTP/1.1 200"));
  for (const char* wrong : {"0.0.0.0:0", "[::]:0", "10.0.0.1:1", "nonsense", "unix:"}) {
    EXPECT_FALSE(AdminListener::Start(wrong, {}, error)) << wrong;
  }
}

}  // namespace
}  // namespace mcp_vitals::exporter
