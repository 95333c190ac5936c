#include "app/sample_notices.h"

#include <utility>

#include "app/sample_tools.h"

namespace mcp_vitals::app {

namespace {

using std::chrono::milliseconds;

std::string LogMessage(int number) {
  return SseEvent(R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info",)"
                  R"("logger":"sample","data":"message )" +
                  std::to_string(number) + R"("}})");
}

}  // namespace

SampleStream NoticeStream(std::string session, milliseconds interval,
                          std::function<bool()> is_quiet) {
  SampleStream stream;
  stream.session = std::move(session);
  stream.next = [number = 0, interval, is_quiet = std::move(is_quiet)]() mutable {
    ++number;
    return SampleStep{number == 1 ? milliseconds(0) : interval,
                      is_quiet() ? SseComment("quiet") : LogMessage(number), false};
  };
  return stream;
}

SampleStream ListenStream(const SampleRequest& request, milliseconds interval,
                          const std::string& meta) {
  const std::string id = R"("io.modelcontextprotocol/subscriptionId":)" + request.id_json;
  const bool wants = request.wants_tools_changed;
  SampleStream stream;
  stream.id_json = request.id_json;
  stream.farewell = SseEvent(
      ResultJson(request.id_json, R"("resultType":"complete","_meta":{)" + id + "," + meta + "}"));
  stream.next = [step = 0, wants, interval, end = stream.farewell,
                 acknowledged = SseEvent(
                     R"({"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged",)"
                     R"("params":{"_meta":{)" +
                     id + R"(},"notifications":{)" + (wants ? R"("toolsListChanged":true)" : "") +
                     "}}}")]() mutable {
    if (++step == 1) return SampleStep{milliseconds(0), std::move(acknowledged), false};
    if (!wants) return SampleStep{milliseconds(0), std::move(end), true};
    return SampleStep{interval, SseComment("keepalive"), false};
  };
  return stream;
}

}  // namespace mcp_vitals::app
