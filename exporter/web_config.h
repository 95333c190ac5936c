#pragma once

#include <map>
#include <optional>
#include <string>

namespace mcp_vitals::exporter {

// The parts of an exporter-toolkit web configuration that are served (parsed in app/).
struct WebTls {
  std::string cert_file;
  std::string key_file;
  std::string client_auth_type = "NoClientCert";  // exporter-toolkit's (Go's) words
  std::string client_ca_file;
  std::string min_version = "TLS12";  // TLS12 or TLS13
};

struct WebConfig {
  std::optional<WebTls> tls;
  std::map<std::string, std::string> basic_auth_users;  // name -> bcrypt hash
};

}  // namespace mcp_vitals::exporter
