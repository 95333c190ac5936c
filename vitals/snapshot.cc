#include "vitals/snapshot.h"

#include <utility>

#include "vitals/snapshot.pb.h"

namespace mcp_vitals::vitals {

namespace {

constexpr int kMaxTools = 2000;
// Of streams and the like on one machine; sums of many members do not overflow.
constexpr std::uint64_t kMostCounted = 1'000'000'000'000;
constexpr std::size_t kMaxText = 1024;
constexpr std::size_t kMaxEcho = std::size_t{64} << 10;

void Write(const FineHistogram& histogram, wire::Histogram& out) {
  const auto buckets = histogram.buckets();
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i] == 0) continue;
    out.add_bucket(static_cast<std::uint32_t>(histogram.first_bucket() + i));
    out.add_count(buckets[i]);
  }
  out.set_sum(histogram.sum());
}

bool Read(const wire::Histogram& in, FineHistogram& histogram) {
  const bool good =
      histogram.AddBuckets({in.bucket().data(), static_cast<std::size_t>(in.bucket_size())},
                           {in.count().data(), static_cast<std::size_t>(in.count_size())});
  if (!good) return false;
  histogram.AddToSum(in.sum());
  return true;
}

void Write(const Identity& identity, wire::Identity& out) {
  out.set_pod(identity.pod);
  out.set_pod_uid(identity.pod_uid);
  out.set_namespace_(identity.pod_namespace);
  out.set_revision(identity.revision);
  out.set_node(identity.node);
  out.set_server(identity.server);
}

Identity Read(const wire::Identity& in) {
  return {in.pod(), in.pod_uid(), in.namespace_(), in.revision(), in.node(), in.server()};
}

bool IsBounded(const Identity& identity) {
  for (const std::string* text : {&identity.pod, &identity.pod_uid, &identity.pod_namespace,
                                  &identity.revision, &identity.node, &identity.server}) {
    if (text->size() > kMaxText) return false;
  }
  return true;
}

}  // namespace

Snapshot SnapshotOf(const ServerVitals& server) {
  Snapshot snapshot;
  const bool serves = server.drain == DrainState::kServing;
  snapshot.state = serves ? MemberState::kServing : MemberState::kDraining;
  for (std::size_t i = 0; i < kStreamKindCount; ++i) snapshot.streams[i] = server.streams[i].live;
  snapshot.sessions = server.sessions.live;
  snapshot.in_flight = server.operations_in_flight;
  for (const auto& [key, durations] : server.operations) {
    const bool refused = key.outcome == Outcome::kHttp4xx || key.outcome == Outcome::kHttp5xx;
    if (!key.tool.empty() && !refused) snapshot.tools[key.tool].done.Add(durations);
  }
  for (const auto& [tool, ages] : server.calls_in_flight) snapshot.tools[tool].in_flight = ages;
  return snapshot;
}

std::string Encode(const Snapshot& snapshot) {
  wire::Snapshot out;
  Write(snapshot.identity, *out.mutable_identity());
  out.set_boot(snapshot.boot);
  out.set_sequence(snapshot.sequence);
  out.set_state(static_cast<wire::State>(snapshot.state));
  wire::Streams& streams = *out.mutable_streams();
  streams.set_sse(snapshot.streams[static_cast<std::size_t>(StreamKind::kSse)]);
  streams.set_get(snapshot.streams[static_cast<std::size_t>(StreamKind::kGet)]);
  streams.set_post(snapshot.streams[static_cast<std::size_t>(StreamKind::kPost)]);
  streams.set_listen(snapshot.streams[static_cast<std::size_t>(StreamKind::kListen)]);
  streams.set_unsorted(snapshot.unsorted_streams);
  out.set_sessions(snapshot.sessions);
  out.set_sees_operations(snapshot.sees_operations);
  out.set_in_flight(snapshot.in_flight);
  for (const auto& [name, calls] : snapshot.tools) {
    wire::Tool& tool = *out.add_tools();
    tool.set_name(name);
    Write(calls.done, *tool.mutable_done());
    Write(calls.in_flight, *tool.mutable_in_flight());
  }
  out.set_echo(snapshot.echo);
  return out.SerializeAsString();
}

std::optional<Snapshot> DecodeSnapshot(std::string_view bytes) {
  wire::Snapshot in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  Snapshot snapshot;
  snapshot.identity = Read(in.identity());
  if (!IsBounded(snapshot.identity) || in.tools_size() > kMaxTools || in.echo().size() > kMaxEcho ||
      !wire::State_IsValid(in.state())) {
    return std::nullopt;
  }
  for (const std::uint64_t count :
       {in.streams().sse(), in.streams().get(), in.streams().post(), in.streams().listen(),
        in.streams().unsorted(), in.sessions(), in.in_flight()}) {
    if (count > kMostCounted) return std::nullopt;
  }
  snapshot.boot = in.boot();
  snapshot.sequence = in.sequence();
  snapshot.state = static_cast<MemberState>(in.state());
  snapshot.streams = {in.streams().sse(), in.streams().get(), in.streams().post(),
                      in.streams().listen()};
  snapshot.unsorted_streams = in.streams().unsorted();
  snapshot.sessions = in.sessions();
  snapshot.sees_operations = in.sees_operations();
  snapshot.in_flight = in.in_flight();
  for (const wire::Tool& tool : in.tools()) {
    ToolCalls& calls = snapshot.tools[tool.name()];
    const bool good = tool.name().size() <= kMaxText && Read(tool.done(), calls.done) &&
                      Read(tool.in_flight(), calls.in_flight);
    if (!good) return std::nullopt;
  }
  snapshot.echo = in.echo();
  return snapshot;
}

}  // namespace mcp_vitals::vitals
