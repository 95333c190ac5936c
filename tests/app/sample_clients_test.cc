#include "app/sample_clients.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <thread>

#include "tests/app/sidecar_fixture.h"
#include "tests/support/raw_server.h"

// The sample clients, direct and through the proxy.
namespace mcp_vitals::app {
namespace {

using std::chrono::milliseconds;
using vitals::Outcome;
using vitals::SessionEnd;
using vitals::StreamEnd;
using vitals::StreamKind;

constexpr auto kPatience = std::chrono::seconds(30);

SampleClientOptions Hasty() {
  SampleClientOptions options;
  options.pause = milliseconds(5);
  return options;
}

// False if that does not come true in time.
template <class Condition>
bool Becomes(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

class SampleClientsTest : public SidecarFixture {
 protected:
  void SetUp() override {
    const std::string upstream = server_->url().substr(0, server_->url().rfind('/'));
    Start(Yaml(Targets(),
               "proxy: {server: sample, listen: '127.0.0.1:0', upstream: '" + upstream + "'}\n"));
  }
  std::shared_ptr<const vitals::ServerVitals> Seen() const {
    auto seen = sidecar_->Snapshot();
    while (seen == nullptr) seen = sidecar_->Snapshot();  // its loop was busy for a second
    return seen;
  }
  // Calls of that tool ("" for all) that ended so.
  std::uint64_t Calls(Outcome outcome, std::string_view tool = "") const {
    std::uint64_t calls = 0;
    const auto seen = Seen();
    for (const auto& [key, histogram] : seen->operations) {
      const bool counts = tool.empty() || key.tool == tool;
      if (counts && key.method == "tools/call" && key.outcome == outcome) {
        calls += histogram.count();
      }
    }
    return calls;
  }
};

TEST_F(SampleClientsTest, WhatTheyHoldIsWhatTheProxySees) {
  const SampleClients clients(sidecar_->proxy_url() + "/mcp");
  ASSERT_TRUE(clients.WaitUntilAllAreThere(kPatience));
  const SampleTally tally = clients.tally();
  const auto seen = Seen();
  EXPECT_EQ(tally.users, 7u);
  EXPECT_EQ(tally.streams, 7u);
  EXPECT_EQ(seen->of(StreamKind::kGet).live, 5u);
  EXPECT_EQ(seen->of(StreamKind::kListen).live, 2u);
  EXPECT_EQ(tally.sessions, 5u);
  EXPECT_EQ(seen->sessions.live, 5u);
  EXPECT_EQ(server_->sessions().live, 5u);
  EXPECT_GE(tally.answered(), tally.users);
  EXPECT_GE(tally.tool_errors, 1u);
}

TEST_F(SampleClientsTest, TheyLeaveNothingBehind) {
  {
    const SampleClients clients(sidecar_->proxy_url() + "/mcp");
    ASSERT_TRUE(clients.WaitUntilAllAreThere(kPatience));
  }
  EXPECT_EQ(server_->sessions().live, 0u);
  EXPECT_TRUE(Becomes([&] { return server_->streams() == 0; }));
  EXPECT_TRUE(Becomes([&] {
    const auto seen = Seen();
    return seen->of(StreamKind::kGet).live + seen->of(StreamKind::kListen).live +
               seen->sessions.live + seen->operations_in_flight ==
           0;
  }));
  const auto seen = Seen();
  EXPECT_EQ(seen->sessions.closed[static_cast<std::size_t>(SessionEnd::kDeleted)],
            seen->sessions.opened);
  EXPECT_EQ(seen->of(StreamKind::kGet).closed[static_cast<std::size_t>(StreamEnd::kCut)], 0u);
}

// At any moment: while they arrive, too.
TEST_F(SampleClientsTest, TheyLeaveNothingBehindHoweverSoonTheyGo) {
  for (int i = 0; i < 20; ++i) {
    const SampleClients clients(sidecar_->proxy_url() + "/mcp", Hasty());
    const auto enough = static_cast<std::uint64_t>(i / 2);
    ASSERT_TRUE(Becomes(
        [&] { return clients.tally().sessions_opened >= std::min<std::uint64_t>(enough, 5); }));
  }
  EXPECT_TRUE(Becomes([&] { return server_->sessions().live == 0; }));
  EXPECT_TRUE(Becomes([&] { return server_->streams() == 0; }));
}

TEST_F(SampleClientsTest, TheirOwnTallyIsTheProxys) {
  SampleClients clients(sidecar_->proxy_url() + "/mcp", Hasty());
  ASSERT_TRUE(Becomes([&] {
    const SampleTally tally = clients.tally();
    // More than five: one has come back. The slow tool takes a second.
    return tally.rpc_errors > 1 && tally.tool_errors > 1 && tally.sessions_opened > 5 &&
           Calls(Outcome::kOk, "wait") > 0;
  }));
  EXPECT_EQ(clients.tally().given_up, 0u);
  const SampleTally tally = clients.Leave();
  ASSERT_TRUE(Becomes([&] { return Seen()->operations_in_flight == 0; }));
  const auto seen = Seen();
  EXPECT_EQ(tally.sessions, 0u);
  EXPECT_EQ(tally.streams, 0u);
  EXPECT_EQ(seen->sessions.opened, server_->sessions().opened);
  // They list the tools before they call one.
  EXPECT_FALSE(seen->operations.contains({"tools/call", Outcome::kOk, "_OTHER"}));
  EXPECT_TRUE(seen->operations.contains({"tools/call", Outcome::kOk, "wait"}));
  // The calls that were under way when they left may have been answered, unheard.
  const auto unheard = [&](Outcome outcome, std::uint64_t heard) {
    const std::uint64_t calls = Calls(outcome);
    EXPECT_GE(calls, heard) << ToString(outcome);
    return calls - heard;
  };
  EXPECT_LE(unheard(Outcome::kOk, tally.succeeded) +
                unheard(Outcome::kToolError, tally.tool_errors) +
                unheard(Outcome::kInvalidParams, tally.rpc_errors) +
                unheard(Outcome::kCancelled, 0) + unheard(Outcome::kCut, 0),
            tally.given_up);
}

TEST(SampleClientsAloneTest, TheyWaitForAServerThatIsNotThere) {
  const auto began = std::chrono::steady_clock::now();
  {
    const SampleClients clients("http://127.0.0.1:1/mcp", Hasty());
    EXPECT_FALSE(clients.WaitUntilAllAreThere(milliseconds(1)));
    EXPECT_EQ(clients.tally().sessions, 0u);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, kPatience);
}

TEST(SampleClientsAloneTest, TheyLeaveAServerThatNeverAnswers) {
  support::RawServer silent([](support::RawSocket& socket) { socket.WaitForClose(); });
  SampleClients clients("http://" + silent.Authority() + "/mcp", Hasty());
  ASSERT_TRUE(Becomes([&] { return silent.connections() == 7; }));
  const SampleTally tally = clients.Leave();
  EXPECT_EQ(tally.sessions, 0u);
  EXPECT_EQ(tally.answered(), 0u);
  EXPECT_TRUE(Becomes([&] { return silent.open() == 0; }));
}

// As after a restart: the session is not known any more.
TEST(SampleClientsAloneTest, TheyComeBackToAServerThatHasLostTheirSessions) {
  std::string error;
  auto server = SampleServer::Start({}, error);
  ASSERT_NE(server, nullptr) << error;
  const SampleClients clients(server->url(), Hasty());
  ASSERT_TRUE(clients.WaitUntilAllAreThere(kPatience));
  SampleOptions same_port;
  same_port.port = server->port();
  server.reset();
  server = SampleServer::Start(same_port, error);
  ASSERT_NE(server, nullptr) << error;
  EXPECT_TRUE(Becomes([&] { return server->sessions().live >= 4 && server->streams() >= 6; }));
}

}  // namespace
}  // namespace mcp_vitals::app
