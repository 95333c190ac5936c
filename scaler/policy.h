#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "vitals/server_vitals.h"

namespace mcp_vitals::scaler {

// A trigger's, in KEDA's words.
using Metadata = std::map<std::string, std::string>;

// What a trigger scales on. One each: the HPA takes the largest of several triggers, and adds up
// what one answers.
enum class Metric {
  kLoad,         // pods: the most that streams, operations in flight and latency ask for
  kConnections,  // live streams, for connectionsPerPod
  kConcurrency,  // operations in flight, for concurrencyPerPod
  kLatency,      // pods: what latency asks for
};
std::string_view ToString(Metric metric);  // "load", …; the metric's name in KEDA too

// What one trigger asks for, from its metadata.
struct Policy {
  using Seconds = std::chrono::duration<double>;

  std::string fleet;
  Metric metric = Metric::kLoad;
  // Streams that count. The answers to calls do not: every call would be one.
  std::set<vitals::StreamKind> kinds = {vitals::StreamKind::kSse, vitals::StreamKind::kGet,
                                        vitals::StreamKind::kListen};
  double connections_per_pod = 50;
  std::optional<double> concurrency_per_pod;
  Seconds latency_target{2};
  double latency_quantile = 0.95;
  std::set<std::string> tools;  // whose latency counts; empty: all that are not slow by nature
  double buffer = 0;            // streams more than there are
  double activation = 0;        // active above so many streams and operations
  double hpa_tolerance = 0.1;
  Seconds active_hold{300};  // after blindness or a start

  // What the HPA divides the answer by: never 0.
  double TargetSize() const;
};

// What is wrong with a trigger: one sentence that names the key and what is allowed.
struct BadTrigger {
  std::string why;
};

// What came from outside, for a message: short, and without control characters.
std::string Quote(std::string_view text);

// Reads the whole metadata of a trigger. Keys that KEDA reads itself are passed over, another that
// is not known is an error; a key that ends in "FromEnv" counts as the one before, as KEDA has it.
std::variant<Policy, BadTrigger> ReadPolicy(const Metadata& metadata);
// The fleet that it would read; "" if none is named.
std::string FleetOf(const Metadata& metadata);

}  // namespace mcp_vitals::scaler
