#pragma once

#include <optional>
#include <string>

namespace mcp_vitals::scaler {

struct ServerTls {
  std::string cert_file, key_file;
  std::string client_ca_file;  // "": clients need no certificate
};

struct ServerOptions {
  std::string listen;  // "address:port", "[::]:port" is dual stack; port 0 takes a free one
  std::optional<ServerTls> tls;
};

}  // namespace mcp_vitals::scaler
