#pragma once

#include <map>
#include <optional>
#include <string>

#include "net/tls_server.h"

namespace mcp_vitals::exporter {

// The parts of an exporter-toolkit web configuration that are served (parsed in app/).
struct WebConfig {
  std::optional<net::TlsServerConfig> tls;
  std::map<std::string, std::string> basic_auth_users;  // name -> bcrypt hash
};

}  // namespace mcp_vitals::exporter
