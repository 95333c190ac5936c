#include "app/config_scaler.h"

#include <set>

#include "app/config_prometheus.h"
#include "app/config_target.h"
#include "net/listen.h"

namespace mcp_vitals::app {

namespace {

using scaler::Members;

constexpr std::size_t kMaxFleets = 1000;

Parsed<std::string> ParseFleetName(const std::string& text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  constexpr std::size_t kMax = 100;
  const bool good =
      !text.empty() && text.size() <= kMax && text.find_first_not_of(kAllowed) == std::string::npos;
  if (good) return text;
  return Wrong{Quote(text) + " is no fleet's name (allowed: letters, digits, -, _ and .)"};
}

Parsed<Members::Address> ParseMember(std::string_view text) {
  // As an authority of a URL, which may name no user and no path.
  const auto url = net::ParseUrl("http://" + std::string(text));
  const bool has_port = text.ends_with(":80") || (url && url->port != 80);
  if (url && has_port && url->target == "/" && !text.ends_with('/')) {
    return Members::Address{url->host, url->port};
  }
  return Wrong{Quote(text) + " is no member (allowed: like mcp-server-vitals.mcp.svc:9788)"};
}

Parsed<bool> ParseScheme(const std::string& text) {
  if (text == "http" || text == "https") return text == "https";
  return Wrong{Quote(text) + " is not known (allowed: http, https)"};
}

void ReadStatic(Section& section, const Config& config, Members& members) {
  for (const std::string& text : section.Texts("static")) {
    if (text == scaler::kSelf) {
      members.self = true;
      if (!config.proxy) section.Fail("static", "\"self\" needs the section proxy");
      continue;
    }
    auto member = ParseMember(text);
    if (member) {
      members.fixed.push_back(std::move(*member));
    } else {
      section.Fail("static", member.error().why + ", or self");
    }
  }
}

void ReadMembers(Section& section, ConfigFiles& files, const Config& config, Members& members) {
  if (section.Has("static") == section.Has("dns")) {
    section.Fail("", "needs one way to find members (allowed: either static or dns)");
  }
  ReadStatic(section, config, members);
  const auto dns = section.Value("dns", Members::Address(), "", ParseMember);
  members.dns_host = dns.host;
  members.dns_port = dns.port;
  members.dns_server = section.Value("resolver", std::string(), "", ParseDnsServer);
  const bool is_https = section.Value("scheme", false, "http", ParseScheme);
  probe::Target target;
  ReadAuthorization(section, files, target);
  members.credentials_file = target.credentials_file;
  members.credentials_type = target.credentials_type;
  ReadTls(section, files, target);
  if (is_https) members.tls = target.tls;
  if (!is_https && section.Has("tls_config")) {
    section.Fail("tls_config", "is without effect on http (allowed: with scheme: https)");
  }
}

// Whom to ask about the fleet.
void ReadSource(Section& item, ConfigFiles& files, const Config& config, FleetConfig& fleet) {
  if (item.Has("members") == item.Has("prometheus")) {
    item.Fail(item.Has("members") ? "prometheus" : "members",
              "is not the one source of the fleet (allowed: either members or prometheus)");
  }
  if (item.Has("members")) {
    auto members = std::make_shared<Members>();
    Section section = item.Child("members");
    ReadMembers(section, files, config, *members);
    item.Put("members", std::move(section));
    fleet.members = std::move(members);
  }
  if (item.Has("prometheus")) {
    Section section = item.Child("prometheus");
    fleet.prometheus = ReadPrometheus(section, files, fleet.name);
    item.Put("prometheus", std::move(section));
  }
}

// What a trigger of this fleet need not say.
scaler::Metadata ReadDefaults(Section& section, const std::string& fleet) {
  scaler::Metadata defaults;
  for (auto& [key, value] : section.TextMap("policy", false)) defaults[key] = value;
  scaler::Metadata all = defaults;
  all["fleet"] = fleet;
  all.try_emplace("concurrencyPerPod", "1");  // a trigger may still give it
  const auto read = scaler::ReadPolicy(all);
  if (defaults.contains("fleet")) {
    section.Fail("policy", "fleet is said by the trigger (allowed: other keys)");
  } else if (const auto* bad = std::get_if<scaler::BadTrigger>(&read)) {
    section.Fail("policy", bad->why);
  }
  return defaults;
}

std::optional<scaler::ServerTls> ReadServerTls(Section& section, ConfigFiles& files) {
  if (!section.Has("tls")) return std::nullopt;
  Section tls = section.Child("tls");
  scaler::ServerTls read;
  net::TlsServerConfig check;
  // They are watched by the gRPC server itself.
  check.cert_file = read.cert_file = files.Path(tls.Text("cert_file"));
  check.key_file = read.key_file = files.Path(tls.Text("key_file"));
  check.client_ca_file = read.client_ca_file = files.Path(tls.Text("client_ca_file"));
  if (!check.client_ca_file.empty()) check.client_auth_type = "RequireAndVerifyClientCert";
  if (!tls.Has("cert_file")) tls.Fail("cert_file", "is missing (allowed: a PEM file)");
  if (!tls.Has("key_file")) tls.Fail("key_file", "is missing (allowed: a PEM file)");
  std::string why;
  if (check.complete() && !net::MakeTlsServer(check, why)) section.Fail("tls", why);
  section.Put("tls", std::move(tls));
  return read;
}

}  // namespace

void ReadScaler(Section& section, ConfigFiles& files, Config& config) {
  ScalerConfig scaler;
  scaler.server.listen =
      section.Value("listen", std::string("[::]:9789"), "[::]:9789", ParseListen);
  scaler.server.tls = ReadServerTls(section, files);
  std::set<std::string> names;
  section.Each("fleets", [&](Section& item) {
    FleetConfig fleet;
    fleet.name = item.Value("name", std::string(), "", ParseFleetName);
    if (!item.Has("name")) item.Fail("name", "is missing (allowed: a name for triggers to use)");
    if (!fleet.name.empty() && !names.insert(fleet.name).second) {
      item.Fail("name",
                Quote(fleet.name) + " is also another fleet's (allowed: names that differ)");
    }
    ReadSource(item, files, config, fleet);
    fleet.defaults = ReadDefaults(item, fleet.name);
    scaler.fleets.push_back(std::move(fleet));
  });
  if (scaler.fleets.empty() || scaler.fleets.size() > kMaxFleets) {
    section.Fail("fleets", "has no fleet, or too many (allowed: 1 to 1000)");
  }
  scaler.shown = section.text();
  config.scaler = std::move(scaler);
}

}  // namespace mcp_vitals::app
