#include "app/manifest_file.h"

#include "app/files.h"

namespace mcp_vitals::app {

Parsed<std::vector<mcp::Tool>> LoadManifest(const std::string& path) {
  const auto json = ReadFile(path, kMaxManifestBytes);
  if (!json) return json.error();
  auto tools = mcp::ParseManifest(*json);
  if (!tools) {
    return Wrong{path + " holds no list of tools: " + tools.error().message() +
                 " (allowed: the JSON result of tools/list)"};
  }
  return std::move(*tools);
}

}  // namespace mcp_vitals::app
