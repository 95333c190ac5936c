#include "app/config_files.h"

#include "app/manifest_file.h"

namespace mcp_vitals::app {

std::string ConfigFiles::Locate(const std::string& path) {
  if (path.empty()) return path;
  std::string located = Path(path);
  files_.insert(located);
  return located;
}

Parsed<std::vector<mcp::Tool>> ConfigFiles::Manifest(const std::string& path) {
  if (const auto known = manifests_.find(path); known != manifests_.end()) return known->second;
  auto loaded = LoadManifest(path);
  if (loaded) manifests_.emplace(path, *loaded);
  return loaded;
}

}  // namespace mcp_vitals::app
