#include "app/drain_pages.h"

#include <chrono>
#include <string>
#include <thread>

#include "app/json_out.h"

namespace mcp_vitals::app {

namespace {

constexpr auto kLook = std::chrono::milliseconds(100);
constexpr auto kCutTime = std::chrono::seconds(1);  // for the proxy to see that its time is over

using exporter::Request;
using exporter::Response;
using vitals::DrainState;
using vitals::ServerVitals;
using vitals::StreamEnd;

Response Text(int status, std::string text) {
  Response response;
  response.status = status;
  response.body = std::move(text);
  return response;
}

std::string ReportOf(const ServerVitals& server) {
  std::uint64_t live = 0;
  std::uint64_t ended = 0;
  for (const auto& stream : server.streams) {
    live += stream.live;
    ended += stream.closed[static_cast<std::size_t>(StreamEnd::kDrain)];
  }
  JsonOut out;
  out.Open('{');
  out.Key("state").String(ToString(server.drain));
  out.Key("streams").Integer(static_cast<long long>(live));
  out.Key("operations").Integer(static_cast<long long>(server.operations_in_flight));
  out.Key("streams_ended").Integer(static_cast<long long>(ended));
  out.Key("cut").Integer(static_cast<long long>(server.cut_by_drain));
  out.Close('}');
  return out.Take() + "\n";
}

Response NoProxy() { return Text(404, "there is no proxy here: nothing to drain\n"); }
Response NoAnswer() { return Text(503, "the proxy does not answer\n"); }

}  // namespace

exporter::Handler DrainVerb(ProxyRunner* proxy) {
  return [proxy](const Request&) {
    if (proxy == nullptr) return NoProxy();
    proxy->Drain();
    const auto server = proxy->Snapshot();
    if (server == nullptr) return NoAnswer();
    Response response = Text(200, ReportOf(*server));
    response.content_type = "application/json";
    return response;
  };
}

exporter::Handler DrainWait(ProxyRunner* proxy, proxy::DrainTimes times) {
  return [proxy, times](const Request&) {
    if (proxy == nullptr) return NoProxy();
    auto until = std::chrono::steady_clock::now() + times.timeout;
    bool has_begun = false;
    while (true) {
      const auto server = proxy->Snapshot();
      if (server == nullptr) return NoAnswer();
      if (server->drain == DrainState::kDrained) return Text(200, "drained\n");
      const auto now = std::chrono::steady_clock::now();
      if (!has_begun && server->drain != DrainState::kServing) {
        has_begun = true;
        until = now + times.timeout + kCutTime;
      }
      if (now >= until) {
        return Text(503, has_begun ? "the drain has not ended in its time\n"
                                   : "no drain has begun in the time of one\n");
      }
      std::this_thread::sleep_for(kLook);
    }
  };
}

exporter::ReadyCheck NotDraining(ProxyRunner* proxy) {
  return {"not draining", [proxy] {
            const auto server = proxy->Snapshot();
            if (server == nullptr) {
              return exporter::ReadyCheck::Verdict{false, "the proxy does not answer"};
            }
            const bool serves = server->drain == DrainState::kServing;
            return exporter::ReadyCheck::Verdict{serves, std::string(ToString(server->drain))};
          }};
}

}  // namespace mcp_vitals::app
