#pragma once

#include <string>
#include <vector>

#include "app/values.h"
#include "probe/target.h"

namespace mcp_vitals::app {

// The flags of `mcp-vitals probe`, as written.
struct ProbeFlags {
  std::string url;
  std::string protocol = "auto";
  std::string timeout = "10s";
  std::vector<std::string> headers;
  std::string bearer_token_file;
  std::string ca_file, cert_file, key_file, server_name;
  bool insecure_skip_verify = false;
  std::string address, resolver;
  bool follow_redirects = false;
  std::vector<std::string> expect_tools;
  std::string manifest_file;
  std::string call, arguments;
  std::vector<std::string> expect;
  std::string health_url;
  std::string output = "text";
  std::string color = "auto";
};

// What they mean; an error begins with the flag to fix.
Parsed<probe::Target> TargetFromFlags(const ProbeFlags& flags);

// One probe, told on standard output. 0 healthy, 1 not, 2 wrong usage.
int ProbeCommand(const ProbeFlags& flags);

}  // namespace mcp_vitals::app
