#include "scaler/policy_text.h"

#include <gmock/gmock.h>

#include <set>

namespace mcp_vitals::scaler {
namespace {

using testing::HasSubstr;

std::string NameOfTrigger(const Metadata& said, const Metadata& defaults = {}) {
  Metadata all = said;
  all["fleet"] = "f";
  all.insert(defaults.begin(), defaults.end());
  return NameOf(std::get<Policy>(ReadPolicy(all)), defaults);
}

TEST(PolicyTextTest, TheUsualTriggerHasNoName) {
  EXPECT_EQ(NameOfTrigger({}), "");
  EXPECT_EQ(NameOfTrigger({{"metric", "connections"}, {"connectionsPerPod", "50"}}), "");
  EXPECT_EQ(NameOfTrigger({{"latencyTarget", "500ms"}}, {{"latencyTarget", "0.5s"}}), "");
  EXPECT_EQ(NameOfTrigger({{"metric", "concurrency"}}, {{"concurrencyPerPod", "4"}}), "");
}

TEST(PolicyTextTest, AnotherIsNamedByWhatItSays) {
  EXPECT_EQ(NameOfTrigger({{"connectionsPerPod", "20"}, {"kinds", "sse,get"}}),
            "kinds=sse,get connectionsPerPod=20");
  EXPECT_EQ(NameOfTrigger({{"latencyTarget", "500ms"}}), "latencyTarget=0.5s");
  EXPECT_EQ(NameOfTrigger({{"connectionsPerPod", "50"}}, {{"connectionsPerPod", "20"}}),
            "connectionsPerPod=50");
}

TEST(PolicyTextTest, EveryKeyIsInTheName) {
  std::set<std::string> names = {""};
  for (const auto& [key, value] : Metadata{{"kinds", "post"},
                                           {"connectionsPerPod", "50.0000001"},
                                           {"concurrencyPerPod", "1"},
                                           {"latencyTarget", "1s"},
                                           {"latencyQuantile", "0.9"},
                                           {"tools", "a"},
                                           {"buffer", "1"},
                                           {"activation", "1"},
                                           {"hpaTolerance", "0"},
                                           {"activeHold", "1s"}}) {
    EXPECT_TRUE(names.insert(NameOfTrigger({{key, value}})).second) << key;
  }
}

TEST(PolicyTextTest, ALongOrStrangeNameIsCutAndStillItsOwn) {
  const std::string many(300, 'x');
  const std::string one = NameOfTrigger({{"tools", many + "1"}});
  const std::string other = NameOfTrigger({{"tools", many + "2"}});
  EXPECT_THAT(one, HasSubstr("tools=xxx"));
  EXPECT_LE(one.size(), 100u);
  EXPECT_NE(one, other);
  EXPECT_NE(NameOfTrigger({{"tools", "a\x01"}}), NameOfTrigger({{"tools", "a\x02"}}));
}

}  // namespace
}  // namespace mcp_vitals::scaler
