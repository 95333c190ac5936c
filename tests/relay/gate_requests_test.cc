#include "tests/relay/gate_fixture.h"

// Which requests wait for their turn, and what becomes of their bytes meanwhile.
namespace mcp_vitals::relay {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using vitals::Limit;

class GateRequestsTest : public GateTest {};

constexpr std::size_t kLarge = std::size_t{3} << 20;

// A call of 2026-07-28, whose head says what it is; the body is long.
std::string ModernCall(const std::string& body) {
  return "POST /mcp HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
         "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: slow\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string Batch(int calls) {
  std::string batch;
  for (int id = 0; id < calls; ++id) {
    batch += id == 0 ? "[" : ",";
    batch += R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
             R"(,"method":"tools/call","params":{"name":"slow"}})";
  }
  return PostJson(batch + "]");
}

TEST_F(GateRequestsTest, ALongCallWaitsOnceAndArrivesAsItWas) {
  settings_.admission.max_queue = 5;
  Event& go_on = NewEvent();
  ClientEnd first = StartWithOneUnderWay(go_on);
  const std::string call = ModernCall(Noise(kLarge));
  ClientEnd second = Connect();
  std::thread sender([&] { second.Send(call); });
  WaitUntil([this] { return Snapshot().queued_requests == 1; }, "the second call in the queue");
  go_on.Set();
  EXPECT_EQ(first.ReadAnswer().body, kResult);
  EXPECT_EQ(second.ReadAnswer().body, kResult);
  sender.join();
  ASSERT_EQ(requests().size(), 2u);
  EXPECT_TRUE(requests()[1] == call);
}

TEST_F(GateRequestsTest, NothingOfALongCallIsLeftWhenItsClientLeaves) {
  settings_.admission.max_queue = 5;
  Event& go_on = NewEvent();
  ClientEnd first = StartWithOneUnderWay(go_on);
  std::string body;
  while (body.size() < kLarge) body += "GET /evil HTTP/1.1\r\nHost: h\r\n\r\n";
  ClientEnd leaving = Connect();
  leaving.Send(ModernCall(body).substr(0, 100'000));
  WaitUntil([this] { return Snapshot().queued_requests == 1; }, "the call in the queue");
  leaving.Close();
  WaitUntil([this] { return Snapshot().queued_requests == 0; }, "the queue empty again");
  go_on.Set();
  EXPECT_EQ(first.ReadAnswer().body, kResult);
  EXPECT_EQ(Connect().Ask(Call("slow")).body, kResult);
  EXPECT_EQ(requests().size(), 2u);
}

TEST_F(GateRequestsTest, OurOwnProbesNeitherWaitNorAreCounted) {
  settings_.probe_token = "token";
  Event& go_on = NewEvent();
  ClientEnd first = StartWithOneUnderWay(go_on);
  std::string probe = Call("slow");
  probe.insert(probe.find("Host:"), "Mcp-Vitals-Probe: token 1\r\n");
  ClientEnd prober = Connect();
  prober.Send(probe);
  WaitUntil([this] { return requests().size() == 2; }, "the probe at the server");
  EXPECT_EQ(Snapshot().operations_in_flight, 1u);
  go_on.Set();
  EXPECT_EQ(prober.ReadAnswer().body, kResult);
  EXPECT_EQ(first.ReadAnswer().body, kResult);
  EXPECT_EQ(Snapshot().hits(Limit::kQueueFull), 0u);
}

TEST_F(GateRequestsTest, WhatIsNoMcpPassesAsItComes) {
  Start([](RawSocket& socket) {
    std::string seen;
    while (seen.find("half") == std::string::npos) {
      const std::string more = socket.ReadSome();
      if (more.empty()) return;
      seen += more;
    }
    socket.Send(Ok("seen"));
    socket.WaitForClose();
  });
  ClientEnd client = Connect();
  client.Send("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nhalf");
  EXPECT_EQ(client.ReadAnswer().body, "seen");
}

TEST_F(GateRequestsTest, ABodyThatIsHeldIsAskedFor) {
  Event& go_on = NewEvent();
  go_on.Set();
  StartWaiting(go_on);
  std::string call = Call("slow");
  call.insert(call.find("Host:"), "Expect: 100-continue\r\n");
  const std::size_t head = call.find("\r\n\r\n") + 4;
  ClientEnd client = Connect();
  client.Send(std::string_view(call).substr(0, head));
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send(std::string_view(call).substr(head));
  EXPECT_EQ(client.ReadAnswer().body, kResult);
}

TEST_F(GateRequestsTest, EachCallOfABatchCounts) {
  settings_.admission.max_in_flight = 3;
  settings_.admission.tools["slow"].max_in_flight = 2;
  settings_.observer.counted_tools = {"slow"};
  Event& go_on = NewEvent();
  StartWaiting(go_on);
  ClientEnd first = Connect();
  first.Send(Batch(2));
  WaitUntil([this] { return requests().size() == 1; }, "the first batch at the server");
  EXPECT_EQ(Connect().Ask(Call("slow")).status, 503);
  ClientEnd other = Connect();
  other.Send(Call("quick"));
  WaitUntil([this] { return requests().size() == 2; }, "the other tool's call at the server");
  go_on.Set();
  first.ReadAnswer();
  other.ReadAnswer();
}

TEST_F(GateRequestsTest, ABatchThatCouldNeverPassIsRefusedAtOnce) {
  settings_.admission.max_in_flight = 3;
  settings_.admission.max_queue = 5;
  Event& go_on = NewEvent();
  StartWaiting(go_on);
  const Answer refused = Connect().Ask(Batch(4));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("the batch asks for more at once"));
  go_on.Set();
}

TEST_F(GateRequestsTest, ATimeoutHoldsForEachCallOfABatch) {
  settings_.admission = {};
  settings_.admission.tools["slow"].timeout = milliseconds(20);
  Event& go_on = NewEvent();
  StartWaiting(go_on);
  EXPECT_EQ(Connect().Ask(Batch(2)).status, 504);
  go_on.Set();
}

}  // namespace
}  // namespace mcp_vitals::relay
