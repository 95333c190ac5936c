#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporter/web_config.h"
#include "probe/plan.h"
#include "probe/saturation_source.h"
#include "probe/target.h"
#include "proxy/settings.h"
#include "scaler/members.h"
#include "scaler/policy.h"
#include "scaler/prometheus_source.h"
#include "scaler/server_options.h"
#include "vitals/connection_count.h"

namespace mcp_vitals::app {

// What `/probe?module=` may do.
struct Module {
  std::shared_ptr<const probe::Target> target;  // all but its name and URL
  std::vector<std::string> allowed_hosts;
  std::string shown;  // as YAML, secrets hidden
};

struct AccessLogConfig {
  double sample = 1;                                              // of all operations, from 0 to 1
  std::chrono::milliseconds slow_call = std::chrono::seconds(5);  // these are always written
};

// What stands in front of the server.
struct ProxyConfig {
  std::string server;        // its name
  proxy::Settings settings;  // but for the probe token
  std::optional<AccessLogConfig> access_log;
  std::string shown;  // as YAML
};

// Who counts the connections of clients.
struct ConnectionsConfig {
  bool given = false;
  vitals::ConnectionSource from = vitals::ConnectionSource::kProxy;
  std::uint16_t port = 0;  // the server's, of kSockets
};

struct FleetConfig {
  std::string name;
  // One of them; the other is null.
  std::shared_ptr<const scaler::Members> members;
  std::shared_ptr<const scaler::PrometheusSource> prometheus;
  scaler::Metadata defaults;  // where a trigger says nothing
};

// What answers KEDA.
struct ScalerConfig {
  scaler::ServerOptions server;
  std::vector<FleetConfig> fleets;
  std::string shown;  // as YAML
};

// A configuration file, understood. Immutable once loaded.
struct Config {
  std::string file;
  std::string listen = "[::]:9788";
  std::string web_config_file;
  exporter::WebConfig web;
  std::string admin_listen = "unix:/run/mcp-vitals.sock";
  bool admin_given = false;
  std::map<std::string, std::string> identity;  // "pod", "namespace", …; what is known
  std::map<std::string, std::string> labels;
  std::string probe_token;  // by which others know our probes, and we theirs; "" for one of our own
  probe::Schedule schedule;
  std::string vantage;
  std::vector<std::shared_ptr<const probe::Target>> targets;
  std::map<std::string, Module> modules;
  std::optional<ProxyConfig> proxy;
  std::optional<ScalerConfig> scaler;
  std::shared_ptr<const probe::SaturationSource> saturation;  // null: its figures are not asked for
  ConnectionsConfig connections;
  std::string server;  // its name; "" if the file gives none

  std::vector<std::string> files;  // all that it was made from; a change of any is a change of it
  std::string shown;               // as YAML, defaults filled in and secrets hidden
};

struct LoadedConfig {
  std::shared_ptr<const Config> config;  // null when there are errors
  std::vector<std::string> errors;       // "FILE:LINE: key: what is wrong (allowed: …)"
};

LoadedConfig LoadConfig(const std::string& path);
// `path` is what errors name, and where relative paths start.
LoadedConfig ParseConfig(const std::string& yaml, const std::string& path);

}  // namespace mcp_vitals::app
