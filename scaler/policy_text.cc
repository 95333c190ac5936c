#include "scaler/policy_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "scaler/state.h"

namespace mcp_vitals::scaler {

namespace {

constexpr std::size_t kMaxName = 100;

// The shortest that is read as the same number.
std::string Exactly(double number) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

std::string Exactly(Policy::Seconds duration) { return Exactly(duration.count()) + "s"; }

template <class Words>
std::string Join(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + std::string(word);
  return text;
}

Policy Usual(const Policy& policy, Metadata defaults) {
  defaults["fleet"] = policy.fleet;
  defaults["metric"] = "load";  // needs nothing else to be said
  const auto read = ReadPolicy(defaults);
  return std::holds_alternative<Policy>(read) ? std::get<Policy>(read) : Policy();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> TextOf(const Policy& policy) {
  std::vector<std::string_view> kinds;
  kinds.reserve(policy.kinds.size());
  for (const vitals::StreamKind kind : policy.kinds) kinds.push_back(ToString(kind));
  return {
      {"kinds", Join(kinds)},
      {"connectionsPerPod", Exactly(policy.connections_per_pod)},
      {"concurrencyPerPod", policy.concurrency_per_pod ? Exactly(*policy.concurrency_per_pod) : ""},
      {"latencyTarget", Exactly(policy.latency_target)},
      {"latencyQuantile", Exactly(policy.latency_quantile)},
      {"tools", Join(policy.tools)},
      {"buffer", Exactly(policy.buffer)},
      {"activation", Exactly(policy.activation)},
      {"hpaTolerance", Exactly(policy.hpa_tolerance)},
      {"activeHold", Exactly(policy.active_hold)}};
}

std::string NameOf(const Policy& policy, const Metadata& defaults) {
  const auto said = TextOf(policy);
  const auto usual = TextOf(Usual(policy, defaults));
  std::string name;
  bool is_plain = true;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const auto& [key, text] = said[i];
    if (text == usual[i].second) continue;
    is_plain = is_plain &&
               std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    name += (name.empty() ? "" : " ") + key + "=" + text;
  }
  if (is_plain && name.size() <= kMaxName) return name;
  std::array<char, 24> hash;
  std::snprintf(hash.data(), hash.size(), "#%016llx",
                static_cast<unsigned long long>(KeyOf(policy)));
  for (char& c : name) c = c < 0x20 || c >= 0x7F ? '?' : c;
  return name.substr(0, 80) + hash.data();
}

}  // namespace mcp_vitals::scaler
