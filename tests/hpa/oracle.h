#pragma once

#include <string>
#include <vector>

namespace mcp_vitals::hpa {

// What Kubernetes answers to these cases, by the program that HPA_ORACLE names. One thread.
std::vector<std::string> AskKubernetes(const std::vector<std::string>& cases);

}  // namespace mcp_vitals::hpa
