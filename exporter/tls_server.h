#pragma once

#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/web_config.h"

namespace mcp_vitals::exporter {

// The TLS context of a server; null on failure, with `error` naming the file or key at fault.
std::shared_ptr<boost::asio::ssl::context> MakeTlsServer(const WebTls& tls, std::string& error);

// Makes a new context whenever the files of the configuration have changed. If what they hold now
// cannot be used, the one before stays. One thread.
class ReloadingTlsServer {
 public:
  // `log` hears of files that cannot be used.
  ReloadingTlsServer(WebTls tls, std::shared_ptr<boost::asio::ssl::context> first,
                     std::function<void(std::string_view)> log);
  // Looks at the files; for each new connection.
  std::shared_ptr<boost::asio::ssl::context> Current();

 private:
  WebTls tls_;
  std::function<void(std::string_view)> log_;
  std::string seen_;  // sizes and times of the files
  std::shared_ptr<boost::asio::ssl::context> current_;
};

}  // namespace mcp_vitals::exporter
