#include "app/member.h"

#include <cmath>
#include <cstddef>
#include <random>

#include "app/connection_count.h"
#include "exporter/http.h"

namespace mcp_vitals::app {

namespace {

using vitals::ConnectionSource;
using vitals::MemberState;
using vitals::Snapshot;

constexpr std::size_t kMaxText = 1024;  // as a snapshot takes it

std::uint64_t RandomNumber() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

// What a server says may be any number.
std::optional<std::uint64_t> Whole(const std::optional<double>& count) {
  const bool is_count = count && *count >= 0 && *count < 1e15;
  if (!is_count) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*count));
}

}  // namespace

Member::Member(const PageSources& sources) : sources_(sources), boot_(RandomNumber()) {}

std::variant<Snapshot, Member::Unknown> Member::Look() {
  const auto config = sources_.config();
  const bool counts_itself = config->connections.from == ConnectionSource::kProxy;
  if (sources_.proxy == nullptr && counts_itself) {
    return Unknown{
        404,
        "nothing is seen from inside here: there is no proxy, and connections.from names "
        "nobody else who counts"};
  }
  const std::uint64_t sequence = ++sequence_;
  Snapshot snapshot;
  snapshot.state = MemberState::kServing;
  snapshot.sees_operations = sources_.proxy != nullptr;
  if (sources_.proxy != nullptr) {
    const auto server = sources_.proxy->Snapshot();
    if (server == nullptr) return Unknown{503, "the proxy does not answer"};
    snapshot = SnapshotOf(*server);
  }
  if (!counts_itself && !TakeCount(*config, snapshot)) {
    return Unknown{503, "connections.from: there is no count of the streams now"};
  }
  snapshot.identity = Who(*config);
  snapshot.boot = boot_;
  snapshot.sequence = sequence;
  snapshot.state = StateOf(snapshot.state);
  return snapshot;
}

vitals::Identity Member::Who(const Config& config) const {
  const auto clean = [](const std::string& text) { return exporter::CleanUtf8(text, kMaxText); };
  const auto fact = [&](const char* name) {
    const auto known = config.identity.find(name);
    return known == config.identity.end() ? std::string() : clean(known->second);
  };
  const std::string& server = sources_.proxy != nullptr ? sources_.proxy->server() : config.server;
  return {fact("pod"),      fact("pod_uid"), fact("namespace"),
          fact("revision"), fact("node"),    clean(server)};
}

// Puts the server's own count, or the kernel's, in the place of the proxy's; false if it is not
// known now. It is one number, of which kinds nobody says. As on /metrics, what the proxy sees of
// streams is left out then; its sessions and operations are not.
bool Member::TakeCount(const Config& config, Snapshot& snapshot) const {
  const vitals::SaturationReport saturation = sources_.saturation.Get();
  const auto count = CountConnections(config, saturation, std::nullopt);
  const bool by_app = count.source == ConnectionSource::kApp;
  const auto streams = by_app ? Whole(count.app_streams) : count.sockets;
  if (!streams) return false;
  snapshot.streams = {};
  snapshot.unsorted_streams = *streams;
  if (sources_.proxy == nullptr && saturation.figures) {
    snapshot.sessions = Whole(saturation.figures->active_sessions).value_or(0);
  }
  return true;
}

MemberState Member::StateOf(MemberState server) {
  if (sources_.stopping || server == MemberState::kDraining) return MemberState::kDraining;
  return HasStarted() ? MemberState::kServing : MemberState::kStarting;
}

// Once a server in this pod has answered well it has, whatever a reload asks for later.
bool Member::HasStarted() {
  if (started_) return true;
  bool waits = false;
  bool answered = false;
  sources_.vitals.ForEach([&](const vitals::TargetVitals& target) {
    waits = waits || target.in_pod;
    answered = answered || (target.in_pod && target.first_success);
  });
  if (answered || !waits) started_ = true;
  return started_;
}

}  // namespace mcp_vitals::app
