#include "exporter/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/ready_checks.h"

namespace mcp_vitals::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;

Pulse Beating(std::string name) {
  return {std::move(name), [](std::function<void()> done) { done(); }};
}

TEST(HealthyTest, IsHealthyWhenEveryPulseAnswers) {
  const Handler handler = HealthyHandler({Beating("probe loop"), Beating("resolver")});
  EXPECT_EQ(handler({}).status, 200);
  EXPECT_EQ(handler({}).status, 200);
}

TEST(HealthyTest, NamesEachPulseThatHangs) {
  for (const std::string hung : {"probe loop", "resolver"}) {
    std::vector<Pulse> pulses;
    for (const std::string name : {"probe loop", "resolver"}) {
      pulses.push_back(name == hung ? Pulse{name, [](std::function<void()>) {}} : Beating(name));
    }
    const Handler handler = HealthyHandler(std::move(pulses), std::chrono::milliseconds(20));
    const Response response = handler({});
    EXPECT_EQ(response.status, 503);
    EXPECT_THAT(response.body, HasSubstr(hung));
    EXPECT_THAT(response.body, Not(HasSubstr(hung == "resolver" ? "probe loop" : "resolver")));
  }
}

TEST(HealthyTest, AHungPulseHasOneOutstandingPingAndRecovers) {
  int pings = 0;
  std::function<void()> finish;
  const Handler handler = HealthyHandler({{"loop",
                                           [&](std::function<void()> done) {
                                             ++pings;
                                             finish = std::move(done);
                                           }}},
                                         std::chrono::milliseconds(10));
  EXPECT_EQ(handler({}).status, 503);
  EXPECT_EQ(handler({}).status, 503);
  EXPECT_EQ(pings, 1);
  finish();
  handler({});
  EXPECT_EQ(pings, 2);
}

vitals::ProbeResult Result(bool success, vitals::AddressScope scope) {
  vitals::ProbeResult result;
  result.target = "server";
  result.success = success;
  if (!success) {
    result.reason = vitals::Reason::kTimeout;
    result.phase = vitals::Phase::kConnect;
  }
  result.address_scope = scope;
  return result;
}

class ReadyTest : public testing::Test {
 protected:
  ReadyTest() { vitals_.SetTargets({{"server", ""}}); }
  int Status() const { return handler_({}).status; }
  void Record(bool success) { vitals_.Record(Result(success, vitals::AddressScope::kLoopback)); }

  vitals::ProbeVitals vitals_;
  Handler handler_ = ReadyHandler({InPodHandshake(vitals_)});
};

TEST_F(ReadyTest, WaitsForTheFirstGoodAnswerOfAServerInThePod) {
  Record(false);
  EXPECT_EQ(Status(), 503);
  Record(true);
  EXPECT_EQ(Status(), 200);
}

TEST_F(ReadyTest, ForgivesOneFailureAndNotTwo) {
  Record(true);
  Record(false);
  EXPECT_EQ(Status(), 200);
  Record(false);
  EXPECT_EQ(Status(), 503);
  Record(true);
  EXPECT_EQ(Status(), 200);
}

TEST_F(ReadyTest, DoesNotWaitForServersElsewhere) {
  vitals_.Record(Result(false, vitals::AddressScope::kPublic));
  EXPECT_EQ(Status(), 200);
  EXPECT_THAT(handler_({}).body, HasSubstr("\"ready\":true"));
}

}  // namespace
}  // namespace mcp_vitals::exporter
