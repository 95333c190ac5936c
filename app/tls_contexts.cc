#include "app/tls_contexts.h"

#include <array>
#include <utility>

#include "app/files.h"

namespace mcp_vitals::app {

namespace {

// The first file that cannot be read.
bool FindUnreadable(const net::TlsConfig& config, std::string& key, std::string& why) {
  const std::array<std::pair<const char*, const std::string*>, 3> files = {
      {{"ca_file", &config.ca_file},
       {"cert_file", &config.cert_file},
       {"key_file", &config.key_file}}};
  for (const auto& [name, path] : files) {
    if (path->empty()) continue;
    if (const auto content = ReadFile(*path, kMaxConfigBytes); !content) {
      key = name;
      why = content.error().why;
      return true;
    }
  }
  return false;
}

}  // namespace

std::shared_ptr<net::TlsContext> TlsContexts::Get(const net::TlsConfig& config, std::string& key,
                                                  std::string& why) {
  if (const auto known = contexts_.find(config); known != contexts_.end()) return known->second;
  if (config.cert_file.empty() != config.key_file.empty()) {
    key = config.cert_file.empty() ? "cert_file" : "key_file";
    why = "is missing: cert_file and key_file belong together (allowed: both or none)";
    return nullptr;
  }
  if (FindUnreadable(config, key, why)) return nullptr;
  auto made = net::TlsContext::Make(config, why);
  if (made == nullptr) {
    // The message begins with the key.
    key = why.substr(0, why.find(' '));
    return nullptr;
  }
  contexts_.emplace(config, made);
  return made;
}

}  // namespace mcp_vitals::app
