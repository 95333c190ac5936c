#include "app/config.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "app/config_files.h"
#include "app/config_probe.h"
#include "app/config_proxy.h"
#include "app/config_saturation.h"
#include "app/config_scaler.h"
#include "app/files.h"
#include "app/web_config.h"
#include "exporter/catalogue.h"
#include "net/listen.h"

namespace mcp_vitals::app {

namespace {

Parsed<std::string> ParseAdminListen(const std::string& text) {
  const auto address = net::ParseListenAddress(text);
  const bool loopback = address && address->address().is_loopback();
  if (loopback || text.starts_with("unix:/")) return text;
  return Wrong{Quote(text) + " is no address to listen on (allowed: unix:/path or 127.0.0.1:port)"};
}

void ReadHttp(Section& root, ConfigFiles& files, Config& config,
              std::vector<std::string>& web_errors) {
  Section section = root.Child("http");
  config.listen = section.Value("listen", config.listen, config.listen, ParseListen);
  config.web_config_file = files.Locate(section.Text("web_config_file"));
  if (!config.web_config_file.empty()) {
    const auto text = ReadFile(config.web_config_file, kMaxConfigBytes);
    if (!text) section.Fail("web_config_file", text.error().why);
    if (text) config.web = ParseWebConfig(*text, config.web_config_file, web_errors);
  }
  root.Put("http", std::move(section));
}

void ReadAdmin(Section& root, Config& config) {
  Section section = root.Child("admin");
  config.admin_given = section.Has("listen");
  config.admin_listen =
      section.Value("listen", config.admin_listen, config.admin_listen, ParseAdminListen);
  root.Put("admin", std::move(section));
}

// Who we are, from the downward API where the file does not say.
void ReadIdentity(Section& root, Config& config) {
  constexpr std::array<std::pair<const char*, const char*>, 5> kFacts = {
      {{"pod", "POD_NAME"},
       {"pod_uid", "POD_UID"},
       {"namespace", "POD_NAMESPACE"},
       {"revision", "POD_REVISION"},
       {"node", "NODE_NAME"}}};
  Section section = root.Child("identity");
  for (const auto& [key, variable] : kFacts) {
    const char* value = std::getenv(variable);
    const std::string text = section.Text(key, value == nullptr ? "" : value);
    if (!text.empty()) config.identity[key] = text;
  }
  root.Put("identity", std::move(section));
}

// The label names that our metrics use themselves.
std::set<std::string> OwnLabels() {
  std::set<std::string> names = {"target", "vantage", "server", "le", "quantile"};
  const auto add = [&names](std::string_view labels) {
    while (!labels.empty()) {
      const std::size_t length = std::min(labels.find_first_of(", "), labels.size());
      if (length > 0) names.emplace(labels.substr(0, length));
      labels.remove_prefix(std::min(length + 1, labels.size()));
    }
  };
  for (const auto& metric : exporter::AllMetrics()) add(metric.labels);
  return names;
}

bool IsLabelName(const std::string& name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  const std::string all = std::string(kLetters) + "0123456789";
  return !name.empty() && kLetters.find(name.front()) != std::string_view::npos &&
         name.find_first_not_of(all) == std::string::npos && !name.starts_with("__");
}

void ReadLabels(Section& root, Config& config) {
  const std::set<std::string> own = OwnLabels();
  for (const auto& [name, value] : root.TextMap("labels", false)) {
    if (!IsLabelName(name)) {
      root.Fail("labels", Quote(name) + " is no label name (allowed: letters, digits and _)");
    } else if (own.contains(name)) {
      root.Fail("labels", Quote(name) + " is a label of our own metrics (allowed: other names)");
    }
    config.labels[name] = value;
  }
}

// A secret of at least this length is not guessed.
constexpr std::size_t kMinTokenBytes = 16;

void ReadProbeToken(Section& root, ConfigFiles& files, Config& config) {
  constexpr const char* kKey = "probe_token_file";
  const std::string path = files.Locate(root.Text(kKey));
  if (path.empty()) return;
  const auto read = ReadFile(path, kMaxSecretBytes);
  if (!read) return root.Fail(kKey, read.error().why);
  std::string token = *read;
  while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  const bool good =
      token.size() >= kMinTokenBytes &&
      std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (!good) root.Fail(kKey, path + " holds no token (allowed: 16 or more visible characters)");
  config.probe_token = std::move(token);
}

// A document's memory is given back: configurations are read seldom, and may be large.
struct Trim {
  ~Trim() { ::malloc_trim(0); }
};

}  // namespace

LoadedConfig ParseConfig(const std::string& yaml, const std::string& path) {
  const Trim trim;
  ConfigErrors errors(path);
  YamlError yaml_error;
  const auto root = ParseYaml(yaml, yaml_error);
  if (root == nullptr) {
    errors.Add(yaml_error.line, "", yaml_error.why);
    return {nullptr, errors.Take()};
  }
  auto config = std::make_shared<Config>();
  config->file = path;
  std::vector<std::string> web_errors;
  ConfigFiles files(path);
  Section section(errors, root, "");
  ReadHttp(section, files, *config, web_errors);
  ReadAdmin(section, *config);
  ReadIdentity(section, *config);
  ReadLabels(section, *config);
  ReadProbeToken(section, files, *config);
  Section probe = section.Child("probe");
  ReadProbe(probe, files, *config);
  section.Put("probe", std::move(probe));
  if (section.Any("proxy") != nullptr) {
    Section proxy = section.Child("proxy");
    ReadProxy(proxy, *config);
    section.Put("proxy", std::move(proxy));
  }
  ReadInside(section, files, *config);
  if (section.Any("scaler") != nullptr) {
    Section scaler = section.Child("scaler");
    ReadScaler(scaler, files, *config);
    section.Put("scaler", std::move(scaler));
  }
  const bool inside =
      config->proxy || config->saturation || config->connections.given || config->scaler;
  if (config->targets.empty() && config->modules.empty() && !inside && errors.empty()) {
    section.Fail("",
                 "nothing to do (allowed: probe.targets, probe.modules, proxy, saturation, "
                 "connections, scaler)");
  }
  section.Finish();

  LoadedConfig loaded;
  loaded.errors = errors.Take();
  loaded.errors.insert(loaded.errors.end(), web_errors.begin(), web_errors.end());
  if (!loaded.errors.empty()) return loaded;
  config->shown = section.text();
  config->shown.shrink_to_fit();
  config->files.push_back(path);
  for (const std::string& file : files.All()) config->files.push_back(file);
  loaded.config = std::move(config);
  return loaded;
}

LoadedConfig LoadConfig(const std::string& path) {
  const auto yaml = ReadFile(path, kMaxConfigBytes);
  if (!yaml) return {nullptr, {path + ": " + yaml.error().why}};
  return ParseConfig(*yaml, path);
}

}  // namespace mcp_vitals::app
