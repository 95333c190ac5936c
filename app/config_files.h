#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/files.h"
#include "app/tls_contexts.h"
#include "app/yaml_section.h"
#include "mcp/manifest.h"

namespace mcp_vitals::app {

// The files that a configuration names: read once each, and remembered.
class ConfigFiles {
 public:
  explicit ConfigFiles(std::string config_file) : config_file_(std::move(config_file)) {}

  // A path as the configuration means it.
  std::string Path(const std::string& path) const { return RelativeTo(config_file_, path); }
  // Likewise, and it is remembered as one of the configuration's files.
  std::string Locate(const std::string& path);
  std::shared_ptr<net::TlsContext> Tls(const net::TlsConfig& config, std::string& key,
                                       std::string& why) {
    return tls_.Get(config, key, why);
  }
  Parsed<std::vector<mcp::Tool>> Manifest(const std::string& path);

  std::vector<std::string> All() const { return {files_.begin(), files_.end()}; }

 private:
  std::string config_file_;
  std::set<std::string> files_;
  TlsContexts tls_;
  std::map<std::string, std::vector<mcp::Tool>> manifests_;
};

}  // namespace mcp_vitals::app
