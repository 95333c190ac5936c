#include "scaler/policy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <utility>

namespace mcp_vitals::scaler {

namespace {

constexpr std::array<std::string_view, 4> kMetrics = {"load", "connections", "concurrency",
                                                      "latency"};
// What KEDA reads of an external trigger itself.
constexpr std::array<std::string_view, 7> kKedas = {"scalerAddress", "enableTLS", "unsafeSsl",
                                                    "tlsCertFile",   "caCert",    "tlsClientCert",
                                                    "tlsClientKey"};

// Why a value is not taken: what is allowed instead; "" when it is.
using Wrong = std::string;

std::optional<double> ParseNumber(std::string_view view) {
  const std::string text(view);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

Wrong ReadNumber(std::string_view text, double min, double max, double& into) {
  const auto number = ParseNumber(text);
  if (number && *number >= min && *number <= max) {
    into = *number;
    return {};
  }
  char range[64];
  std::snprintf(range, sizeof range, "a number from %g to %g", min, max);
  return range;
}

// Seconds in one of the unit; nothing for what is no unit.
std::optional<double> UnitSeconds(std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, double>, 4> kUnits = {
      {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}}};
  for (const auto& [name, seconds] : kUnits) {
    if (name == unit) return seconds;
  }
  return std::nullopt;
}

// Numbers with a unit each, like 500ms or 1m30s: what they add up to, in seconds.
std::optional<double> ParseDuration(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789.";
  double total = 0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of(kDigits), text.size());
    const auto number = ParseNumber(text.substr(0, digits));
    text.remove_prefix(digits);
    const std::size_t letters = std::min(text.find_first_of(kDigits), text.size());
    const auto unit = UnitSeconds(text.substr(0, letters));
    text.remove_prefix(letters);
    if (!number || !unit) return std::nullopt;
    total += *number * *unit;
  }
  return total;
}

Wrong ReadDuration(std::string_view text, Policy::Seconds& into) {
  const auto seconds = ParseDuration(text);
  if (!seconds || *seconds <= 0 || *seconds > 86'400) {
    return "a duration above 0 and up to 24h, like 500ms, 2s or 1m30s";
  }
  into = Policy::Seconds(*seconds);
  return {};
}

// The elements of a list with commas, without white space around them.
std::vector<std::string> Elements(std::string_view list) {
  std::vector<std::string> elements;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view element = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (element.starts_with(' ')) element.remove_prefix(1);
    while (element.ends_with(' ')) element.remove_suffix(1);
    if (!element.empty()) elements.emplace_back(element);
  }
  return elements;
}

Wrong ReadKinds(std::string_view text, std::set<vitals::StreamKind>& into) {
  const std::string allowed = "some of sse, get, post, listen, with commas between them";
  std::set<vitals::StreamKind> kinds;
  for (const std::string& name : Elements(text)) {
    std::size_t kind = 0;
    while (kind < vitals::kStreamKindCount &&
           ToString(static_cast<vitals::StreamKind>(kind)) != name) {
      ++kind;
    }
    if (kind == vitals::kStreamKindCount) return allowed;
    kinds.insert(static_cast<vitals::StreamKind>(kind));
  }
  if (kinds.empty()) return allowed;
  into = std::move(kinds);
  return {};
}

Wrong ReadMetric(std::string_view text, Metric& into) {
  const auto found = std::find(kMetrics.begin(), kMetrics.end(), text);
  if (found == kMetrics.end()) return "load, connections, concurrency or latency";
  into = static_cast<Metric>(found - kMetrics.begin());
  return {};
}

struct Key {
  std::string_view name;
  Wrong (*read)(std::string_view text, Policy& policy);
};

constexpr double kMany = 1e6;
constexpr std::size_t kMaxValue = std::size_t{8} << 10;  // bytes; a scaler keeps what it was asked

constexpr std::array kKeys = {
    Key{"fleet",
        [](std::string_view text, Policy& policy) -> Wrong {
          if (text.empty()) return "the name of a fleet of this scaler";
          policy.fleet = text;
          return {};
        }},
    Key{"metric",
        [](std::string_view text, Policy& policy) { return ReadMetric(text, policy.metric); }},
    Key{"kinds",
        [](std::string_view text, Policy& policy) { return ReadKinds(text, policy.kinds); }},
    Key{"connectionsPerPod",
        [](std::string_view text, Policy& policy) {
          return ReadNumber(text, 0.001, kMany, policy.connections_per_pod);
        }},
    Key{"concurrencyPerPod",
        [](std::string_view text, Policy& policy) -> Wrong {
          if (text.empty()) return {};
          return ReadNumber(text, 0.001, kMany, policy.concurrency_per_pod.emplace());
        }},
    Key{"latencyTarget", [](std::string_view text,
                            Policy& policy) { return ReadDuration(text, policy.latency_target); }},
    Key{"latencyQuantile",
        [](std::string_view text, Policy& policy) {
          return ReadNumber(text, 0.5, 0.999, policy.latency_quantile);
        }},
    Key{"tools",
        [](std::string_view text, Policy& policy) -> Wrong {
          constexpr std::size_t kMax = 64;
          for (std::string& tool : Elements(text)) policy.tools.insert(std::move(tool));
          return policy.tools.size() <= kMax ? Wrong() : "at most 64 names";
        }},
    Key{"buffer", [](std::string_view text,
                     Policy& policy) { return ReadNumber(text, 0, kMany, policy.buffer); }},
    Key{"activation", [](std::string_view text,
                         Policy& policy) { return ReadNumber(text, 0, kMany, policy.activation); }},
    Key{"hpaTolerance",
        [](std::string_view text, Policy& policy) {
          return ReadNumber(text, 0, 1, policy.hpa_tolerance);
        }},
    Key{"activeHold", [](std::string_view text,
                         Policy& policy) { return ReadDuration(text, policy.active_hold); }},
};

std::string AllKeys() {
  std::string all;
  for (const Key& key : kKeys) all += (all.empty() ? "" : ", ") + std::string(key.name);
  return all;
}

// The name that counts.
std::string_view Plain(std::string_view name) {
  constexpr std::string_view kFromEnv = "FromEnv";
  if (name.ends_with(kFromEnv)) name.remove_suffix(kFromEnv.size());
  return name;
}

}  // namespace

std::string Quote(std::string_view text) {
  constexpr std::size_t kMax = 100;
  std::string quoted = "\"";
  for (const char c : text.substr(0, kMax)) {
    quoted += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  }
  return quoted + (text.size() > kMax ? "…\"" : "\"");
}

std::string_view ToString(Metric metric) { return kMetrics[static_cast<std::size_t>(metric)]; }

double Policy::TargetSize() const {
  switch (metric) {
    case Metric::kConnections:
      return connections_per_pod;
    case Metric::kConcurrency:
      return concurrency_per_pod.value_or(1);
    default:
      return 1;
  }
}

std::variant<Policy, BadTrigger> ReadPolicy(const Metadata& metadata) {
  Policy policy;
  for (const auto& [name, text] : metadata) {
    const std::string_view plain = Plain(name);
    if (std::find(kKedas.begin(), kKedas.end(), plain) != kKedas.end()) continue;
    const auto key =
        std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& one) { return one.name == plain; });
    if (key == kKeys.end()) {
      return BadTrigger{Quote(name) + " is no key of this scaler (allowed: " + AllKeys() + ")"};
    }
    const bool is_short = text.size() <= kMaxValue;
    const Wrong allowed = is_short ? key->read(text, policy) : "at most 8 KiB";
    if (allowed.empty()) continue;
    return BadTrigger{name + ": " + Quote(text) + " can't be used (allowed: " + allowed + ")"};
  }
  if (policy.fleet.empty()) {
    return BadTrigger{"fleet: is missing (allowed: the name of a fleet of this scaler)"};
  }
  if (policy.metric == Metric::kConcurrency && !policy.concurrency_per_pod) {
    return BadTrigger{
        "concurrencyPerPod: is missing (allowed: a number, since metric is "
        "concurrency)"};
  }
  return policy;
}

std::string FleetOf(const Metadata& metadata) {
  std::string fleet;
  for (const auto& [name, text] : metadata) {
    if (Plain(name) == "fleet") fleet = text;
  }
  return fleet;
}

}  // namespace mcp_vitals::scaler
