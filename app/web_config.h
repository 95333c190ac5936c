#pragma once

#include <string>
#include <vector>

#include "exporter/web_config.h"

namespace mcp_vitals::app {

// Reads the text of a web configuration file as exporter-toolkit has them: `tls_server_config` and
// `basic_auth_users`. Errors name that file, by its path.
exporter::WebConfig ParseWebConfig(const std::string& text, const std::string& path,
                                   std::vector<std::string>& errors);

}  // namespace mcp_vitals::app
