#pragma once

#include <string>
#include <vector>

namespace mcp_vitals::app {

// The flags of `mcp-vitals scaler get`, as written.
struct ScalerGetFlags {
  std::string address;
  std::vector<std::string> metadata;  // "key=value"
  bool tls = false;
  std::string ca_file, cert_file, key_file;
  std::string timeout = "5s";
  std::string output = "text";
};

// What KEDA would get, and why, on standard output. 0 there is an answer, 1 the scaler is blind or
// not reachable, 2 wrong usage or metadata.
int ScalerGetCommand(const ScalerGetFlags& flags);

}  // namespace mcp_vitals::app
