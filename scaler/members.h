#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "net/tls_context.h"

namespace mcp_vitals::scaler {

// Where the members of a fleet are, and how to ask them. Built by the configuration, immutable
// afterwards. Another way to list members is another field here and another branch of ListMembers.
struct Members {
  struct Address {
    std::string host;  // a name, or an IP address without brackets
    std::uint16_t port = 0;
  };
  std::vector<Address> fixed;  // "static"; without those that are this process itself
  bool self = false;           // this process is one of them
  std::string dns_host;        // every address of that name is a member; "" for none
  std::uint16_t dns_port = 0;
  std::string dns_server;                // ask this one; "" means the system's
  std::shared_ptr<net::TlsContext> tls;  // null: plain HTTP
  // Where credentials for the members' pages are read from now and then; "" means none.
  std::string credentials_file;
  std::string credentials_type = "Bearer";
};

// The address under which a fleet knows this process itself.
inline constexpr char kSelf[] = "self";

}  // namespace mcp_vitals::scaler
