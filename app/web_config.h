#pragma once

#include <string>
#include <vector>

#include "app/yaml_section.h"
#include "exporter/web_config.h"
#include "net/tls_server.h"

namespace mcp_vitals::app {

// Reads the text of a web configuration file as exporter-toolkit has them: `tls_server_config` and
// `basic_auth_users`. Errors name that file, by its path.
exporter::WebConfig ParseWebConfig(const std::string& text, const std::string& path,
                                   std::vector<std::string>& errors);

// The keys of a server's TLS: cert_file, key_file and so on, relative to `file`, in whose section
// they stand.
net::TlsServerConfig ReadTlsServer(Section& section, const std::string& file);

}  // namespace mcp_vitals::app
