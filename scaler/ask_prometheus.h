#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "net/connection.h"
#include "net/http_client.h"
#include "scaler/prometheus_sample.h"

namespace mcp_vitals::scaler {

// Asks Prometheus about one fleet, again and again. One thread.
struct PrometheusClient {
  std::shared_ptr<const PrometheusSource> source;
  std::string user_agent;
  // By question: the connection of the time before, if it may carry another.
  std::array<std::optional<net::HttpClient>, kQuestionCount> connections;
};

// Asks all questions at once, each by itself, and ends by `deadline`: one that hangs takes nothing
// from the others. One round of a client at a time. Never throws for anything that Prometheus does.
net::Task<FleetSample> AskPrometheus(std::shared_ptr<PrometheusClient> client,
                                     net::Deadline deadline);

}  // namespace mcp_vitals::scaler
