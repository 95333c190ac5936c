#include "mcp/methods.h"

#include <algorithm>
#include <array>

namespace mcp_vitals::mcp {
namespace {

// Sorted. All revisions, both directions.
constexpr std::array kMethods = {
    std::string_view("completion/complete"),
    std::string_view("elicitation/create"),
    std::string_view("initialize"),
    std::string_view("logging/setLevel"),
    std::string_view("notifications/cancelled"),
    std::string_view("notifications/elicitation/complete"),
    std::string_view("notifications/initialized"),
    std::string_view("notifications/message"),
    std::string_view("notifications/progress"),
    std::string_view("notifications/prompts/list_changed"),
    std::string_view("notifications/resources/list_changed"),
    std::string_view("notifications/resources/updated"),
    std::string_view("notifications/roots/list_changed"),
    std::string_view("notifications/subscriptions/acknowledged"),
    std::string_view("notifications/tasks/status"),
    std::string_view("notifications/tools/list_changed"),
    std::string_view("ping"),
    std::string_view("prompts/get"),
    std::string_view("prompts/list"),
    std::string_view("resources/list"),
    std::string_view("resources/read"),
    std::string_view("resources/subscribe"),
    std::string_view("resources/templates/list"),
    std::string_view("resources/unsubscribe"),
    std::string_view("roots/list"),
    std::string_view("sampling/createMessage"),
    std::string_view("server/discover"),
    std::string_view("subscriptions/listen"),
    std::string_view("tasks/cancel"),
    std::string_view("tasks/get"),
    std::string_view("tasks/list"),
    std::string_view("tasks/result"),
    std::string_view("tools/call"),
    std::string_view("tools/list"),
};
static_assert(std::is_sorted(kMethods.begin(), kMethods.end()));

}  // namespace

std::string_view KnownMethod(std::string_view method) {
  const auto found = std::lower_bound(kMethods.begin(), kMethods.end(), method);
  return found != kMethods.end() && *found == method ? *found : kOtherMethod;
}

}  // namespace mcp_vitals::mcp
