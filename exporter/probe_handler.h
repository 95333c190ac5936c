#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "exporter/http.h"
#include "vitals/probe_result.h"

namespace mcp_vitals::exporter {

struct ProbeModule {
  std::chrono::milliseconds timeout{10'000};
  std::vector<std::string> allowed_hosts;  // "mcp.example.com", "*.example.com"; empty: none
  std::string description;                 // shown by debug=true; the YAML with secrets hidden
};

// What the answer to one /probe is made of.
struct ProbeOutcome {
  vitals::ProbeResult result;
  std::string error;  // the request was refused: the target is no URL; answered 400
};
struct ProbeRequest {
  std::string target;
  std::string module;
  std::chrono::milliseconds timeout;
};

// Whether one of the patterns is this host, in lower case, or a domain above it.
bool IsAllowed(const std::string& host, const std::vector<std::string>& patterns);

// `GET /probe?target=&module=[&debug=true]` as blackbox_exporter answers it: 400 for a missing
// target, an unknown module (default: "default") or a host that the module does not allow; else
// 200, and `probe_success` tells. The deadline is X-Prometheus-Scrape-Timeout-Seconds less 0.5 s,
// capped by the module's timeout. `modules` is asked at each request, since a reload may change
// them; `run` blocks until the probe has ended.
Handler ProbeHandler(std::function<std::map<std::string, ProbeModule>()> modules,
                     std::function<ProbeOutcome(const ProbeRequest&)> run);

}  // namespace mcp_vitals::exporter
