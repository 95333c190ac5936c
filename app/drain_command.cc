#include "app/drain_command.h"

#include <chrono>
#include <cstdio>
#include <optional>
#include <string_view>
#include <thread>

#include "app/admin_client.h"
#include "app/values.h"
#include "mcp/integer.h"
#include "mcp/json_pointer.h"

namespace mcp_vitals::app {

namespace {

constexpr char kVerb[] = "/-/drain";
constexpr auto kLook = std::chrono::milliseconds(200);

struct Report {
  std::string state;
  std::uint64_t streams = 0;
  std::uint64_t operations = 0;
  std::uint64_t ended = 0;  // streams, properly
  std::uint64_t cut = 0;    // exchanges of any kind
};

std::uint64_t Number(const std::string& json, std::string_view pointer) {
  const auto value = mcp::FindJson(json, pointer);
  if (!value || !*value) return 0;
  return mcp::ParseInteger<std::uint64_t>((*value)->scalar).value_or(0);
}

Report ReadReport(const std::string& json) {
  Report report;
  const auto state = mcp::FindJson(json, "/state");
  if (state && *state) report.state = (*state)->scalar;
  report.streams = Number(json, "/streams");
  report.operations = Number(json, "/operations");
  report.ended = Number(json, "/streams_ended");
  report.cut = Number(json, "/cut");
  return report;
}

unsigned long long Plain(std::uint64_t number) { return number; }

// One line whenever something has changed.
void Show(const Report& now, const std::optional<Report>& before) {
  const bool same = before && before->state == now.state && before->streams == now.streams &&
                    before->operations == now.operations;
  if (same) return;
  std::printf("%s: %llu streams live, %llu operations in flight\n", now.state.c_str(),
              Plain(now.streams), Plain(now.operations));
  std::fflush(stdout);
}

}  // namespace

int DrainCommand(const DrainFlags& flags) {
  const auto timeout = ParseDuration(flags.timeout);
  if (!timeout) {
    std::fprintf(stderr, "mcp-vitals drain: --timeout: %s\n", timeout.error().why.c_str());
    return 2;
  }
  const auto until = std::chrono::steady_clock::now() + *timeout;
  std::optional<Report> last;
  while (true) {
    const auto answer = AskAdmin(flags.admin, kVerb);
    if (!answer) {
      std::fprintf(stderr, "mcp-vitals drain: %s\n", answer.error().why.c_str());
      return 2;
    }
    const Report now = ReadReport(*answer);
    Show(now, last);
    last = now;
    if (now.state == "drained") break;
    if (std::chrono::steady_clock::now() >= until) {
      std::fprintf(stderr, "mcp-vitals drain: not over after %s\n", flags.timeout.c_str());
      return 1;
    }
    std::this_thread::sleep_for(kLook);
  }
  std::printf("%llu streams ended properly, %llu exchanges cut\n", Plain(last->ended),
              Plain(last->cut));
  return last->cut == 0 ? 0 : 1;
}

}  // namespace mcp_vitals::app
