#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "scaler/explained.h"
#include "scaler/policy.h"

namespace mcp_vitals::scaler {

struct ClientOptions {
  std::string address;  // "host:port"
  bool tls = false;
  std::string ca, cert, key;  // PEM; "" for the system's CAs, and for no certificate of our own
  std::chrono::milliseconds timeout{5000};  // for all calls together
};

// What KEDA would get for one trigger at this moment.
struct Got {
  enum class Outcome {
    kAnswer,
    kBlind,        // the scaler says UNAVAILABLE; metric and target are known nevertheless
    kRefused,      // the metadata is wrong, or there is no such fleet
    kUnreachable,  // no scaler, or none that answers in time
  };
  Outcome outcome = Outcome::kUnreachable;
  std::string why;  // unless kAnswer, in one sentence
  std::string metric;
  double target = 0;
  double value = 0;
  bool active = false;
  std::optional<Explained> explained;  // nothing: it is another's scaler
};

// Makes KEDA's calls, and waits for them.
Got AskScaler(const ClientOptions& options, const Metadata& metadata);

}  // namespace mcp_vitals::scaler
