#include "net/connection.h"

#include <gtest/gtest.h>

#include <future>

#include "net/error.h"
#include "tests/net/client.h"
#include "tests/support/certificates.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::net {
namespace {

using support::RawServer;
using support::RawSocket;

Result<std::size_t> Read(Dialed& dialed, std::span<char> into) {
  return Await(dialed.context, (*dialed).ReadSome(into));
}

Result<void> Write(Dialed& dialed, std::string_view bytes) {
  return Await(dialed.context, (*dialed).Write(bytes));
}

// Waits for the other side to do something that the connection shows when asked.
bool Becomes(Connection& connection, bool idle) {
  const auto end = Clock::now() + kSoon;
  while (connection.IdleAndOpen() != idle && Clock::now() < end) std::this_thread::yield();
  return connection.IdleAndOpen() == idle;
}

TEST(ConnectionTest, CarriesBytesBothWaysAndSeesTheEnd) {
  RawServer server([](RawSocket& socket) { socket.Send(socket.ReadSome()); });
  const auto dialed = DialNow(At(server.port()));
  std::array<char, 64> bytes;
  ASSERT_TRUE(Write(*dialed, "ping"));
  EXPECT_EQ(*Read(*dialed, bytes), 4U);
  EXPECT_EQ(std::string_view(bytes.data(), 4), "ping");
  EXPECT_EQ(*Read(*dialed, bytes), 0U);
}

TEST(ConnectionTest, WritesMoreThanTheSystemTakesAtOnce) {
  constexpr std::size_t kSize = std::size_t{16} << 20;
  std::promise<std::size_t> received;
  RawServer server([&](RawSocket& socket) {
    std::size_t size = 0;
    while (size < kSize) {
      const std::string some = socket.ReadSome();
      if (some.empty()) break;
      size += some.size();
    }
    received.set_value(size);
  });
  const auto dialed = DialNow(At(server.port()));
  ASSERT_TRUE(Write(*dialed, std::string(kSize, 'x')));
  EXPECT_EQ(received.get_future().get(), kSize);
}

TEST(ConnectionTest, AReadEndsAtTheDeadline) {
  RawServer server([](RawSocket& socket) { socket.WaitForClose(); });
  const auto dialed = DialNow(At(server.port()));
  std::array<char, 64> bytes;
  (**dialed).SetDeadline(In(kShort));
  const auto began = Clock::now();
  EXPECT_EQ(Read(*dialed, bytes).error(), Error::kTimeout);
  EXPECT_GE(Clock::now() - began, 100ms);
  EXPECT_LT(Clock::now() - began, kPrompt);
  EXPECT_EQ(Read(*dialed, bytes).error(), Error::kTimeout);
  EXPECT_EQ(Write(*dialed, "x").error(), Error::kTimeout);
  EXPECT_FALSE((**dialed).IdleAndOpen());
}

TEST(ConnectionTest, AReadThatTimedOutMayBeTriedAgain) {
  const support::Authority authority;
  TlsConfig config;
  config.insecure_skip_verify = true;
  std::string error;
  for (const bool secure : {false, true}) {
    SCOPED_TRACE(secure ? "TLS" : "plain");
    std::promise<void> late;
    RawServer server(
        [&](RawSocket& socket) {
          late.get_future().wait();
          socket.Send("late");
          socket.WaitForClose();
        },
        {.tls = secure ? support::MakeTlsServer(authority.Issue({})) : nullptr});
    Endpoint endpoint = At(server.port());
    if (secure) endpoint.tls = TlsContext::Make(config, error);
    const auto dialed = DialNow(endpoint);
    std::array<char, 64> bytes;
    (**dialed).SetDeadline(In(kShort));
    EXPECT_EQ(Read(*dialed, bytes).error(), Error::kTimeout);
    late.set_value();
    (**dialed).SetDeadline(In(kSoon));
    EXPECT_EQ(*Read(*dialed, bytes), 4U);
    EXPECT_TRUE((**dialed).IdleAndOpen());
  }
}

TEST(ConnectionTest, AWriteEndsAtTheDeadline) {
  std::promise<void> done;
  RawServer server([&](RawSocket&) { done.get_future().wait(); });
  const auto dialed = DialNow(At(server.port()));
  (**dialed).SetDeadline(In(kShort));
  EXPECT_EQ(Write(*dialed, std::string(std::size_t{64} << 20, 'x')).error(), Error::kTimeout);
  done.set_value();
}

TEST(ConnectionTest, ADeadlineMayBePutOffAndBroughtForward) {
  RawServer server([](RawSocket& socket) {
    socket.ReadSome();
    socket.Send("late");
    socket.WaitForClose();
  });
  const auto dialed = DialNow(At(server.port()), kShort);
  ASSERT_TRUE(dialed->ok());
  (**dialed).SetDeadline(In(kSoon));
  dialed->context.restart();
  dialed->context.run_for(2 * kShort);  // past the first deadline
  std::array<char, 64> bytes;
  ASSERT_TRUE(Write(*dialed, "go"));
  EXPECT_EQ(*Read(*dialed, bytes), 4U);
  (**dialed).SetDeadline(In(kShort));
  EXPECT_EQ(Read(*dialed, bytes).error(), Error::kTimeout);
}

TEST(ConnectionTest, SaysThatItWasReset) {
  RawServer server([](RawSocket& socket) {
    socket.ReadSome();
    socket.Reset();
  });
  const auto dialed = DialNow(At(server.port()));
  std::array<char, 64> bytes;
  ASSERT_TRUE(Write(*dialed, "x"));
  EXPECT_EQ(Read(*dialed, bytes).error(), Error::kReset);
}

TEST(ConnectionTest, IsIdleAndOpenUntilThePeerCloses) {
  std::promise<void> close;
  RawServer server([&](RawSocket&) { close.get_future().wait(); });
  const auto dialed = DialNow(At(server.port()));
  EXPECT_TRUE((**dialed).IdleAndOpen());
  close.set_value();
  EXPECT_TRUE(Becomes(**dialed, false));
}

TEST(ConnectionTest, IsNotIdleWithBytesThatNobodyAskedFor) {
  RawServer server([](RawSocket& socket) {
    socket.Send("HTTP/1.1 408 Request Timeout\r\n\r\n");
    socket.WaitForClose();
  });
  const auto dialed = DialNow(At(server.port()));
  EXPECT_TRUE(Becomes(**dialed, false));
}

Task<Result<std::size_t>> ReadInto(Connection& connection, std::array<char, 8>& bytes) {
  co_return co_await connection.ReadSome(bytes);
}

TEST(ConnectionTest, ClosingEndsWhatIsUnderWay) {
  RawServer server([](RawSocket& socket) { socket.WaitForClose(); });
  const auto dialed = DialNow(At(server.port()));
  asio::post(dialed->context, [&] { (**dialed).Close(); });
  std::array<char, 8> bytes;
  EXPECT_EQ(Await(dialed->context, ReadInto(**dialed, bytes)).error(), Error::kReset);
}

TEST(ConnectionTest, DestroyingClosesTheSocket) {
  std::promise<bool> closed;
  RawServer server([&](RawSocket& socket) { closed.set_value(socket.WaitForClose()); });
  {
    const auto dialed = DialNow(At(server.port()));
  }
  EXPECT_TRUE(closed.get_future().get());
}

TEST(ConnectionTest, AssigningClosesTheOneBefore) {
  std::promise<bool> closed;
  RawServer first([&](RawSocket& socket) { closed.set_value(socket.WaitForClose()); });
  RawServer second([](RawSocket& socket) { socket.WaitForClose(); });
  const auto dialed = DialNow(At(first.port()));
  DialTrace trace;
  auto other = Await(dialed->context, Dial(At(second.port()), In(kSoon), trace));
  ASSERT_TRUE(other);
  **dialed = std::move(*other);
  EXPECT_TRUE(closed.get_future().get());
  EXPECT_TRUE((**dialed).IdleAndOpen());
}

}  // namespace
}  // namespace mcp_vitals::net
