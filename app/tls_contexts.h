#pragma once

#include <map>
#include <memory>
#include <string>

#include "net/tls_context.h"

namespace mcp_vitals::app {

// TLS contexts are large: targets with the same configuration share one.
class TlsContexts {
 public:
  // Null when the configuration is wrong: `key` is then the member of it that is at fault
  // ("ca_file", …), and `why` a sentence.
  std::shared_ptr<net::TlsContext> Get(const net::TlsConfig& config, std::string& key,
                                       std::string& why);

 private:
  std::map<net::TlsConfig, std::shared_ptr<net::TlsContext>> contexts_;
};

}  // namespace mcp_vitals::app
