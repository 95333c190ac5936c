#include "scaler/state.h"

#include <bit>
#include <cmath>

#include "scaler/state.pb.h"

namespace mcp_vitals::scaler {

namespace {

constexpr double kMost = 1e9;
constexpr double kLeast = 1e-6;  // load per pod, that is known
constexpr std::uint64_t kMostSequence = std::uint64_t{1} << 60;

double Ago(Time time, Time now) { return Seconds(now - time).count(); }
Time Before(double seconds, Time now) {
  return now - std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
}

void Write(const TriggerState& state, Time now, wire::TriggerState& out) {
  const LatencyRule::State& latency = state.latency;
  out.set_pods(state.pods);
  out.set_value(state.value);
  out.set_knee(latency.knee.value_or(0));
  out.set_safe(latency.safe);
  out.set_base(latency.base);
  out.set_share_before(latency.share_before);
  out.set_load_before(latency.load_before);
  out.set_fails(static_cast<std::uint32_t>(latency.fails));
  out.set_latched(latency.is_latched);
  out.set_latched_load(latency.latched_load);
  out.set_latched_share(latency.latched_share);
  out.set_latched_pods(latency.latched_pods);
  out.set_retry(latency.retry.count());
  if (latency.is_latched) out.set_latched_ago(Ago(latency.latched_at, now));
  if (latency.stepped_at != Time()) out.set_stepped_ago(Ago(latency.stepped_at, now));
  if (latency.calm_until > now) out.set_calm_for(-Ago(latency.calm_until, now));
}

bool IsSane(const wire::TriggerState& in) {
  for (const double number :
       {in.value(), in.knee(), in.safe(), in.share_before(), in.load_before(), in.latched_load(),
        in.latched_ago(), in.latched_share(), in.retry(), in.stepped_ago(), in.calm_for()}) {
    const bool is_sane = number >= 0 && number <= kMost;  // no NaN is
    if (!is_sane) return false;
  }
  for (const double known : {in.knee(), in.safe()}) {
    if (known != 0 && known < kLeast) return false;
  }
  return in.pods() <= kMost && in.base() <= kMost && in.fails() <= 2;
}

TriggerState Read(const wire::TriggerState& in, Time now) {
  TriggerState state;
  state.pods = in.pods();
  state.value = in.value();
  LatencyRule::State& latency = state.latency;
  if (in.knee() > 0) latency.knee = in.knee();
  latency.safe = in.safe();
  latency.base = in.base();
  latency.share_before = in.share_before();
  latency.load_before = in.load_before();
  latency.fails = static_cast<int>(in.fails());
  latency.is_latched = in.latched();
  latency.latched_load = in.latched_load();
  latency.latched_share = in.latched_share();
  latency.latched_pods = in.latched_pods();
  latency.latched_at = Before(in.latched_ago(), now);
  latency.retry = Seconds(in.retry());
  if (in.stepped_ago() > 0) latency.stepped_at = Before(in.stepped_ago(), now);
  latency.calm_until = Before(-in.calm_for(), now);
  return state;
}

// FNV-1a, 64 bits: std::hash differs between processes.
class Hash {
 public:
  void Add(std::string_view text) {
    for (const char c : text) Add(static_cast<unsigned char>(c));
    Add(static_cast<unsigned char>(0));  // "ab", "c" is not "a", "bc"
  }
  void Add(double number) {
    for (auto bits = std::bit_cast<std::uint64_t>(number); bits != 0; bits >>= 8) {
      Add(static_cast<unsigned char>(bits));
    }
    Add(static_cast<unsigned char>(0));
  }
  std::uint64_t value() const { return value_; }

 private:
  void Add(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace

std::uint64_t KeyOf(const Policy& policy) {
  Hash hash;
  hash.Add(policy.fleet);
  hash.Add(ToString(policy.metric));
  for (const vitals::StreamKind kind : policy.kinds) hash.Add(ToString(kind));
  for (const double number :
       {policy.connections_per_pod, policy.concurrency_per_pod.value_or(0),
        policy.latency_target.count(), policy.latency_quantile, policy.buffer, policy.activation,
        policy.hpa_tolerance, policy.active_hold.count()}) {
    hash.Add(number);
  }
  for (const std::string& tool : policy.tools) hash.Add(tool);
  return hash.value();
}

std::string EncodeState(const FleetState& state, Time now) {
  wire::FleetState out;
  out.set_scaler(state.scaler);
  out.set_sequence(state.sequence);
  for (const auto& [key, trigger] : state.triggers) {
    if (out.triggers_size() == static_cast<int>(kMaxStateTriggers)) break;
    wire::TriggerState& one = *out.add_triggers();
    one.set_policy(key);
    Write(trigger, now, one);
  }
  return out.SerializeAsString();
}

std::optional<FleetState> DecodeState(std::string_view bytes, Time now) {
  wire::FleetState in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  const bool is_sane =
      in.triggers_size() <= static_cast<int>(kMaxStateTriggers) && in.sequence() <= kMostSequence;
  if (!is_sane) return std::nullopt;
  FleetState state{in.scaler(), in.sequence(), {}};
  for (const wire::TriggerState& one : in.triggers()) {
    if (!IsSane(one)) return std::nullopt;
    state.triggers[one.policy()] = Read(one, now);
  }
  return state;
}

}  // namespace mcp_vitals::scaler
