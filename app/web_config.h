#pragma once

#include <string>
#include <vector>

#include "exporter/web_config.h"

namespace mcp_vitals::app {

// Reads a web configuration file as exporter-toolkit has them: `tls_server_config` and
// `basic_auth_users`. Errors name that file.
exporter::WebConfig LoadWebConfig(const std::string& path, std::vector<std::string>& errors);

}  // namespace mcp_vitals::app
