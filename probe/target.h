#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mcp/manifest.h"
#include "mcp/version.h"
#include "net/tls_context.h"
#include "net/url.h"
#include "probe/expectation.h"

namespace mcp_vitals::probe {

struct Canary {
  std::string tool;
  std::string arguments_json = "{}";  // an object; validated by the configuration
  Expectation expect;
};

// One MCP endpoint and what is expected of it. Built by the configuration, immutable afterwards and
// shared by the probes of it.
struct Target {
  std::string name;
  net::Url url;
  std::optional<mcp::Version> protocol;  // nothing: find out
  std::chrono::milliseconds timeout{10'000};
  std::string address;     // connect here instead of what DNS says
  std::string dns_server;  // ask this one
  // Where a bearer token or other credentials are read from at each probe; "" means none.
  std::string credentials_file;
  std::string credentials_type = "Bearer";
  std::shared_ptr<net::TlsContext> tls;                      // for https
  std::vector<std::pair<std::string, std::string>> headers;  // may set Host; may be secret
  bool follow_redirects = false;
  // Whether a redirect may lead to that host; empty: to any.
  std::function<bool(const std::string& host)> may_reach;

  std::vector<std::string> expect_tools;
  std::optional<std::vector<mcp::Tool>> expect_manifest;
  std::optional<Canary> canary;
  std::optional<net::Url> health_url;

  std::size_t max_answer_bytes = std::size_t{8} << 20;
  std::size_t max_tool_pages = 64;
  bool keep_definitions = false;  // hand the tools' definitions out in the result

  // What is probed: a target of the same name with another one is another target.
  std::string endpoint() const { return url.ToString() + ' ' + address; }
};

}  // namespace mcp_vitals::probe
