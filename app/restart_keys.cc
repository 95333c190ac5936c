#include "app/restart_keys.h"

namespace mcp_vitals::app {

RestartKeys RestartKeysOf(const Config& config) {
  return {config.listen, config.admin_listen, config.probe_token,
          config.proxy ? config.proxy->shown : "", config.scaler ? config.scaler->shown : ""};
}

std::vector<std::string> Differences(const RestartKeys& running, const RestartKeys& wanted) {
  std::vector<std::string> keys;
  if (wanted.listen != running.listen) keys.emplace_back("http.listen");
  if (wanted.admin_listen != running.admin_listen) keys.emplace_back("admin.listen");
  if (wanted.probe_token != running.probe_token) keys.emplace_back("probe_token_file");
  if (wanted.proxy != running.proxy) keys.emplace_back("proxy");
  if (wanted.scaler != running.scaler) keys.emplace_back("scaler");
  return keys;
}

}  // namespace mcp_vitals::app
