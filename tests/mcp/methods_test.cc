#include "mcp/methods.h"

#include <gtest/gtest.h>

#include <string>

namespace mcp_vitals::mcp {
namespace {

TEST(MethodsTest, KnowsThoseOfEveryRevision) {
  for (std::string_view method : {"initialize",
                                  "notifications/initialized",
                                  "ping",
                                  "tools/list",
                                  "tools/call",
                                  "resources/list",
                                  "resources/read",
                                  "resources/templates/list",
                                  "resources/subscribe",
                                  "resources/unsubscribe",
                                  "prompts/list",
                                  "prompts/get",
                                  "completion/complete",
                                  "logging/setLevel",
                                  "sampling/createMessage",
                                  "roots/list",
                                  "elicitation/create",
                                  "notifications/cancelled",
                                  "notifications/progress",
                                  "notifications/message",
                                  "notifications/tools/list_changed",
                                  "notifications/prompts/list_changed",
                                  "notifications/resources/list_changed",
                                  "notifications/resources/updated",
                                  "notifications/roots/list_changed",
                                  "tasks/get",
                                  "tasks/result",
                                  "tasks/list",
                                  "tasks/cancel",
                                  "notifications/tasks/status",
                                  "server/discover",
                                  "subscriptions/listen",
                                  "notifications/subscriptions/acknowledged"}) {
    EXPECT_EQ(KnownMethod(method), method);
  }
}

TEST(MethodsTest, EverythingElseIsOther) {
  for (std::string_view method : {"", "tools", "tools/", "tools/call2", "Tools/Call", "tools/call ",
                                  " tools/call", "zzz", "\xff", "_OTHER", "a"}) {
    EXPECT_EQ(KnownMethod(method), kOtherMethod) << method;
  }
  EXPECT_EQ(KnownMethod(std::string_view("ping\0", 5)), kOtherMethod);
  EXPECT_EQ(KnownMethod(std::string(1'000'000, 'x')), kOtherMethod);
}

TEST(MethodsTest, TheNameOutlivesWhatWasAskedFor) {
  std::string_view known;
  {
    const std::string asked = "tools/call";
    known = KnownMethod(asked);
    EXPECT_NE(known.data(), asked.data());
  }
  EXPECT_EQ(known, "tools/call");
}

}  // namespace
}  // namespace mcp_vitals::mcp
