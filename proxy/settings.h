#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "net/tls_server.h"
#include "proxy/head_writer.h"
#include "proxy/message_parser.h"
#include "proxy/observer.h"

namespace mcp_vitals::proxy {

struct Timeouts {
  std::chrono::milliseconds head = std::chrono::seconds(10);   // from its first byte to its last
  std::chrono::milliseconds body = std::chrono::seconds(60);   // between two reads of a request
  std::chrono::milliseconds write = std::chrono::seconds(60);  // for a client that takes nothing
  std::chrono::milliseconds idle = std::chrono::seconds(75);   // between two requests
  std::chrono::milliseconds connect = std::chrono::seconds(5);
  // For a stream that brings nothing; none: for ever.
  std::optional<std::chrono::milliseconds> stream_idle;
};

struct ToolLimits {
  std::optional<std::chrono::milliseconds> timeout;  // from the call to its answer
  std::optional<std::size_t> max_in_flight;
};

// How many operations may be in flight, and what becomes of those beyond.
struct Admission {
  std::optional<std::size_t> max_in_flight;
  std::map<std::string, ToolLimits> tools;
  std::size_t max_queue = 0;
  std::chrono::milliseconds queue_timeout = std::chrono::seconds(5);
};

// From the beginning of a drain: how long everything is served as ever, and when all must be over.
// Both within the pod's grace period.
struct DrainTimes {
  std::chrono::milliseconds lame_duck = std::chrono::seconds(5);
  std::chrono::milliseconds timeout = std::chrono::seconds(25);
};

// What one proxy is to do.
struct Settings {
  std::string listen;  // "address:port", "[address]:port"; port 0 takes a free one
  std::optional<net::TlsServerConfig> tls;  // towards the clients
  std::string upstream_host;
  std::uint16_t upstream_port = 0;
  RequestRewrite rewrite;
  MessageLimits message;
  Timeouts timeouts;
  std::size_t max_connections = 10'000;
  Admission admission;
  DrainTimes drain;
  BodyBudget bodies;
  ObserverOptions observer;
  std::string probe_token;                    // by which our own probes are known
  std::function<void(std::string_view)> log;  // complaints, one line each
};

}  // namespace mcp_vitals::proxy
