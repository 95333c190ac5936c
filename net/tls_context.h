#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "net/async.h"

namespace mcp_vitals::net {

// How to speak TLS to a server: Prometheus' tls_config words.
struct TlsConfig {
  std::string ca_file;    // PEM; "" means the system's
  std::string cert_file;  // client certificate (PEM chain) and its key
  std::string key_file;
  std::string server_name;  // for SNI and verification; "" means the URL's host
  bool insecure_skip_verify = false;

  friend auto operator<=>(const TlsConfig&, const TlsConfig&) = default;
};

// An OpenSSL context built from a TlsConfig. Building one reads files and takes milliseconds and
// memory: share it between targets with the same configuration. Immutable once built.
class TlsContext {
 public:
  // The error says which file was at fault.
  static std::shared_ptr<TlsContext> Make(const TlsConfig& config, std::string& error);

  asio::ssl::context& context() { return context_; }
  const TlsConfig& config() const { return config_; }

 private:
  explicit TlsContext(TlsConfig config);
  TlsConfig config_;
  asio::ssl::context context_;
};

}  // namespace mcp_vitals::net
