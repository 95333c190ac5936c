#pragma once

#include "app/config_files.h"
#include "app/yaml_section.h"
#include "probe/target.h"

namespace mcp_vitals::app {

// A target's keys, or a module's: all but `name` and `url`. `timeout` is the default for its own.
void ReadTarget(Section& section, ConfigFiles& files, Milliseconds timeout, probe::Target& target);

// The `authorization`, `tls_config` and `headers` of a target, and of others that say them in the
// same words; in this order.
void ReadAuthorization(Section& section, ConfigFiles& files, probe::Target& target);
void ReadTls(Section& section, ConfigFiles& files, probe::Target& target);
void ReadHeaders(Section& section, probe::Target& target);

// The `canary` of a target.
void ReadCanary(Section& section, probe::Canary& canary);

// YAML as JSON text: plain scalars by YAML's core schema, what is quoted is a string.
Parsed<std::string> ToJson(const YamlNode& node);

inline constexpr Milliseconds kMaxProbeTimeout = std::chrono::minutes(10);

}  // namespace mcp_vitals::app
