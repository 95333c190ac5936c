#pragma once

#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mcp_vitals::net {

// How a server of ours speaks TLS.
struct TlsServerConfig {
  std::string cert_file;
  std::string key_file;
  std::string client_auth_type = "NoClientCert";  // exporter-toolkit's (Go's) words
  std::string client_ca_file;
  std::string min_version = "TLS12";  // TLS12 or TLS13

  bool complete() const { return !cert_file.empty() && !key_file.empty(); }
};

// The TLS context of a server; null on failure, with `error` naming the key and file at fault.
std::shared_ptr<boost::asio::ssl::context> MakeTlsServer(const TlsServerConfig& tls,
                                                         std::string& error);

// Makes a new context whenever the files of the configuration have changed. If what they hold now
// cannot be used, the one before stays. One thread.
class ReloadingTlsServer {
 public:
  // `log` hears of files that cannot be used.
  ReloadingTlsServer(TlsServerConfig tls, std::shared_ptr<boost::asio::ssl::context> first,
                     std::function<void(std::string_view)> log);
  // Looks at the files; for each new connection.
  std::shared_ptr<boost::asio::ssl::context> Current();

 private:
  TlsServerConfig tls_;
  std::function<void(std::string_view)> log_;
  std::string seen_;  // sizes and times of the files
  std::shared_ptr<boost::asio::ssl::context> current_;
};

}  // namespace mcp_vitals::net
