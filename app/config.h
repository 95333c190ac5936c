#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exporter/web_config.h"
#include "probe/plan.h"
#include "probe/target.h"

namespace mcp_vitals::app {

// What `/probe?module=` may do.
struct Module {
  std::shared_ptr<const probe::Target> target;  // all but its name and URL
  std::vector<std::string> allowed_hosts;
  std::string shown;  // as YAML, secrets hidden
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
  probe::Schedule schedule;
  std::string vantage;
  std::vector<std::shared_ptr<const probe::Target>> targets;
  std::map<std::string, Module> modules;

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
