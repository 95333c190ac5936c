#include "vitals/probe_vitals.h"

#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <thread>

namespace mcp_vitals::vitals {
namespace {

using std::chrono::system_clock;
using ::testing::ElementsAre;

constexpr system_clock::time_point kStart{std::chrono::seconds(1'800'000'000)};

ProbeResult Good(const std::string& target) {
  ProbeResult result;
  result.target = target;
  result.success = true;
  result.started = kStart;
  result.duration = Seconds(0.25);
  return result;
}

ProbeResult Bad(const std::string& target, Reason reason) {
  ProbeResult result = Good(target);
  result.success = false;
  result.reason = reason;
  result.phase = Phase::kConnect;
  return result;
}

std::vector<std::string> Targets(const ProbeVitals& vitals) {
  std::vector<std::string> names;
  vitals.ForEach([&](const TargetVitals& target) { names.push_back(target.target); });
  return names;
}

// Calls `check` with the one target named so; fails if there is none.
void With(const ProbeVitals& vitals, const std::string& name, auto check) {
  bool found = false;
  vitals.ForEach([&](const TargetVitals& target) {
    if (target.target != name) return;
    found = true;
    check(target);
  });
  EXPECT_TRUE(found) << name;
}

TEST(ProbeVitalsTest, KnowsNothingOfATargetBeforeItsFirstProbe) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", "eu-west"}});
  With(vitals, "a", [](const TargetVitals& a) {
    EXPECT_EQ(a.vantage, "eu-west");
    EXPECT_EQ(a.probes, 0u);
    EXPECT_FALSE(a.last);
    EXPECT_FALSE(a.last_success);
    for (const auto& phase : a.phases) EXPECT_EQ(phase, nullptr);
  });
}

TEST(ProbeVitalsTest, CountsFailuresByReasonAndInARow) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", ""}});
  vitals.Record(Bad("a", Reason::kTimeout));
  vitals.Record(Bad("a", Reason::kTimeout));
  vitals.Record(Bad("a", Reason::kDnsError));
  With(vitals, "a", [](const TargetVitals& a) {
    EXPECT_EQ(a.probes, 3u);
    EXPECT_EQ(a.failures[static_cast<std::size_t>(Reason::kTimeout)], 2u);
    EXPECT_EQ(a.failures[static_cast<std::size_t>(Reason::kDnsError)], 1u);
    EXPECT_EQ(a.consecutive_failures, 3u);
    EXPECT_FALSE(a.last_success);
  });
  vitals.Record(Good("a"));
  With(vitals, "a", [](const TargetVitals& a) {
    EXPECT_EQ(a.consecutive_failures, 0u);
    EXPECT_EQ(a.failures[static_cast<std::size_t>(Reason::kTimeout)], 2u);
  });
}

TEST(ProbeVitalsTest, TakesAFailureWithoutReasonForInternal) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", ""}});
  ProbeResult result = Good("a");
  result.success = false;
  vitals.Record(result);
  With(vitals, "a", [](const TargetVitals& a) {
    EXPECT_EQ(a.failures[static_cast<std::size_t>(Reason::kInternal)], 1u);
  });
}

TEST(ProbeVitalsTest, DatesASuccessByItsEnd) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", ""}});
  vitals.Record(Good("a"));
  ProbeResult later = Good("a");
  later.started = kStart + std::chrono::minutes(1);
  vitals.Record(later);
  With(vitals, "a", [&](const TargetVitals& a) {
    EXPECT_EQ(a.first_success, kStart + std::chrono::milliseconds(250));
    EXPECT_EQ(a.last_success, later.started + std::chrono::milliseconds(250));
  });
}

TEST(ProbeVitalsTest, ObservesThePhasesThatWereReached) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", ""}});
  ProbeResult result = Good("a");
  result.phases[static_cast<std::size_t>(Phase::kConnect)] = Seconds(0.02);
  vitals.Record(result);
  With(vitals, "a", [](const TargetVitals& a) {
    ASSERT_NE(a.phases[static_cast<std::size_t>(Phase::kConnect)], nullptr);
    EXPECT_EQ(a.phases[static_cast<std::size_t>(Phase::kConnect)]->count(), 1u);
    EXPECT_EQ(a.phases[static_cast<std::size_t>(Phase::kTls)], nullptr);
    EXPECT_DOUBLE_EQ(a.total.sum(), 0.25);
  });
}

TEST(ProbeVitalsTest, CountsChangedSchemasAndSessionsLeftOpen) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", ""}});
  ProbeResult result = Good("a");
  result.schema_change = SchemaSeverity::kBreaking;
  result.sessions_left_open = 1;
  vitals.Record(result);
  vitals.Record(Good("a"));
  With(vitals, "a", [](const TargetVitals& a) {
    EXPECT_THAT(a.schema_changes, ElementsAre(1u, 0u, 0u));
    EXPECT_EQ(a.sessions_left_open, 1u);
  });
}

TEST(ProbeVitalsTest, KeepsTheCountersOfNamesThatStay) {
  ProbeVitals vitals;
  vitals.SetTargets({{"goes", ""}, {"stays", "here"}});
  vitals.Record(Good("goes"));
  vitals.Record(Good("stays"));
  vitals.SetTargets({{"comes", ""}, {"stays", "there"}});
  EXPECT_THAT(Targets(vitals), ElementsAre("comes", "stays"));
  With(vitals, "stays", [](const TargetVitals& stays) {
    EXPECT_EQ(stays.probes, 1u);
    EXPECT_EQ(stays.vantage, "there");
  });
}

TEST(ProbeVitalsTest, ForgetsATargetThatWasAwayOnce) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", ""}});
  vitals.Record(Good("a"));
  vitals.SetTargets({});
  vitals.SetTargets({{"a", ""}});
  With(vitals, "a", [](const TargetVitals& a) { EXPECT_EQ(a.probes, 0u); });
}

TEST(ProbeVitalsTest, DropsAResultOfATargetItDoesNotHave) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", ""}});
  vitals.Record(Good("gone"));
  EXPECT_THAT(Targets(vitals), ElementsAre("a"));
}

TEST(ProbeVitalsTest, TakesATargetForInPodByConfigurationUntilAProbeSawItsAddress) {
  ProbeVitals vitals;
  vitals.SetTargets({{"a", "", true}, {"b", ""}});
  With(vitals, "a", [](const TargetVitals& a) { EXPECT_TRUE(a.in_pod); });
  With(vitals, "b", [](const TargetVitals& b) { EXPECT_FALSE(b.in_pod); });
  ProbeResult result = Bad("b", Reason::kConnectionRefused);
  result.address_scope = AddressScope::kLoopback;
  vitals.Record(result);
  With(vitals, "b", [](const TargetVitals& b) { EXPECT_TRUE(b.in_pod); });
  vitals.Record(Bad("b", Reason::kDnsError));  // no address this time
  With(vitals, "b", [](const TargetVitals& b) { EXPECT_TRUE(b.in_pod); });
  result.address_scope = AddressScope::kPublic;
  vitals.Record(result);
  With(vitals, "b", [](const TargetVitals& b) { EXPECT_FALSE(b.in_pod); });
}

TEST(ProbeVitalsTest, VisitsEveryTargetOnceInOrderWhateverTheirNumber) {
  for (const int count : {0, 1, 63, 64, 65, 128, 1000}) {
    ProbeVitals vitals;
    std::vector<ProbeVitals::Key> keys;
    for (int i = 0; i < count; ++i) keys.push_back({std::to_string(10000 + i), ""});
    vitals.SetTargets(keys);
    const auto names = Targets(vitals);
    ASSERT_EQ(names.size(), keys.size());
    for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(names[i], keys[i].target);
  }
}

TEST(ProbeVitalsTest, LetsGoOfTheLockBetweenAFewTargets) {
  ProbeVitals vitals;
  std::vector<ProbeVitals::Key> keys;
  for (int i = 0; i < 200; ++i) keys.push_back({std::to_string(10000 + i), ""});
  vitals.SetTargets(keys);
  int pauses = 0;
  int visited = 0;
  vitals.ForEach([&](const TargetVitals&) { ++visited; },
                 [&] {
                   vitals.Record(Good("10000"));  // would not return with the lock held
                   ++pauses;
                   return true;
                 });
  EXPECT_EQ(visited, 200);
  EXPECT_GE(pauses, 3);
}

TEST(ProbeVitalsTest, GoesOnWhereItWasWhenTargetsChangeMeanwhile) {
  ProbeVitals vitals;
  std::vector<ProbeVitals::Key> keys;
  for (int i = 0; i < 130; ++i) keys.push_back({std::to_string(10000 + i), ""});
  vitals.SetTargets(keys);
  std::vector<std::string> names;
  bool first = true;
  vitals.ForEach([&](const TargetVitals& target) { names.push_back(target.target); },
                 [&] {
                   if (first) vitals.SetTargets({{"0", ""}, {"10128", ""}, {"20000", ""}});
                   first = false;
                   return true;
                 });
  ASSERT_EQ(names.size(), 66u);
  EXPECT_EQ(names[64], "10128");
  EXPECT_EQ(names[65], "20000");
}

TEST(ProbeVitalsTest, StopsWhenToldSo) {
  ProbeVitals vitals;
  std::vector<ProbeVitals::Key> keys;
  for (int i = 0; i < 500; ++i) keys.push_back({std::to_string(10000 + i), ""});
  vitals.SetTargets(keys);
  int visited = 0;
  vitals.ForEach([&](const TargetVitals&) { ++visited; }, [] { return false; });
  EXPECT_GT(visited, 0);
  EXPECT_LT(visited, 500);
}

TEST(ProbeVitalsTest, MayBeRecordedReadAndReconfiguredAtOnce) {
  ProbeVitals vitals;
  const std::vector<ProbeVitals::Key> keys = {{"a", ""}, {"b", ""}, {"c", ""}};
  vitals.SetTargets(keys);
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop) {
      std::uint64_t sum = 0;
      vitals.ForEach([&](const TargetVitals& target) { sum += target.total.count(); });
      EXPECT_LE(sum, 3000u);
    }
  });
  std::thread changer([&] {
    while (!stop) {
      vitals.SetTargets({{"a", ""}, {"b", ""}});
      vitals.SetTargets(keys);
    }
  });
  for (int i = 0; i < 1000; ++i) {
    for (const char* target : {"a", "b", "c"}) vitals.Record(Good(target));
  }
  stop = true;
  reader.join();
  changer.join();
  With(vitals, "a", [](const TargetVitals& a) { EXPECT_EQ(a.probes, 1000u); });
}

}  // namespace
}  // namespace mcp_vitals::vitals
