#include "app/snapshot_json.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "app/json_out.h"
#include "net/base64.h"

namespace mcp_vitals::app {

namespace {

using vitals::FineHistogram;
using vitals::MemberState;

std::string_view ToString(MemberState state) {
  switch (state) {
    case MemberState::kStarting:
      return "starting";
    case MemberState::kServing:
      return "serving";
    case MemberState::kDraining:
      return "draining";
  }
  return "";
}

void WriteCount(std::string_view name, std::uint64_t count, JsonOut& out) {
  out.Key(name).Integer(static_cast<long long>(count));
}

void Write(const vitals::Identity& identity, JsonOut& out) {
  out.Open('{');
  out.Key("pod").StringOrNull(identity.pod);
  out.Key("pod_uid").StringOrNull(identity.pod_uid);
  out.Key("namespace").StringOrNull(identity.pod_namespace);
  out.Key("revision").StringOrNull(identity.revision);
  out.Key("node").StringOrNull(identity.node);
  out.Key("server").StringOrNull(identity.server);
  out.Close('}');
}

// A quantile is null without calls, or if it is above a day.
void Write(const FineHistogram& durations, JsonOut& out) {
  constexpr std::array kQuantiles = {std::pair("p50", 0.5), std::pair("p95", 0.95),
                                     std::pair("p99", 0.99)};
  out.Open('{');
  WriteCount("count", durations.count(), out);
  out.Key("sum").Number(durations.sum());
  for (const auto& [name, q] : kQuantiles) {
    const std::optional<double> quantile = durations.Quantile(q);
    out.Key(name);
    quantile ? out.Number(*quantile) : out.Null();
  }
  out.Close('}');
}

}  // namespace

std::string SnapshotJson(const vitals::Snapshot& snapshot) {
  JsonOut out;
  out.Open('{');
  Write(snapshot.identity, out.Key("identity"));
  out.Key("boot").String(std::to_string(snapshot.boot));
  WriteCount("sequence", snapshot.sequence, out);
  out.Key("state").String(ToString(snapshot.state));
  out.Key("streams").Open('{');
  for (std::size_t i = 0; i < vitals::kStreamKindCount; ++i) {
    WriteCount(vitals::ToString(static_cast<vitals::StreamKind>(i)), snapshot.streams[i], out);
  }
  WriteCount("unsorted", snapshot.unsorted_streams, out);
  out.Close('}');
  WriteCount("sessions", snapshot.sessions, out);
  out.Key("sees_operations").Boolean(snapshot.sees_operations);
  WriteCount("in_flight", snapshot.in_flight, out);
  out.Key("tools").Open('{');
  for (const auto& [name, calls] : snapshot.tools) {
    out.Key(name).Open('{');
    Write(calls.done, out.Key("done_seconds"));
    Write(calls.in_flight, out.Key("in_flight_seconds"));
    out.Close('}');
  }
  out.Close('}');
  out.Key("echo").StringOrNull(net::EncodeBase64(snapshot.echo));
  out.Close('}');
  return out.Take() + "\n";
}

}  // namespace mcp_vitals::app
