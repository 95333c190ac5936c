#include "app/config_target.h"

#include "app/files.h"
#include "mcp/headers.h"

namespace mcp_vitals::app {

void ReadAuthorization(Section& target_section, ConfigFiles& files, probe::Target& target) {
  Section section = target_section.Child("authorization");
  if (target_section.Has("authorization")) {
    target.credentials_type = section.Text("type", "Bearer");
    target.credentials_file = files.Path(section.Text("credentials_file"));
    if (!mcp::IsHeaderName(target.credentials_type)) {
      section.Fail("type", Quote(target.credentials_type) + " is no type (allowed: like Bearer)");
    }
    if (target.credentials_file.empty()) {
      section.Fail("credentials_file", "is missing (allowed: a file that holds the credentials)");
    } else if (const auto read = ReadFile(target.credentials_file, kMaxSecretBytes); !read) {
      section.Fail("credentials_file", read.error().why);
    }
  }
  target_section.Put("authorization", std::move(section));
}

void ReadTls(Section& target_section, ConfigFiles& files, probe::Target& target) {
  Section section = target_section.Child("tls_config");
  net::TlsConfig config;
  if (target_section.Has("tls_config")) {
    config.ca_file = files.Locate(section.Text("ca_file"));
    config.cert_file = files.Locate(section.Text("cert_file"));
    config.key_file = files.Locate(section.Text("key_file"));
    config.server_name = section.Text("server_name");
    config.insecure_skip_verify = section.Boolean("insecure_skip_verify", false);
  }
  std::string key;
  std::string why;
  // An http target may lead to https too, by a redirect or its authorization server.
  target.tls = files.Tls(config, key, why);
  if (target.tls == nullptr) section.Fail(key, why);
  target_section.Put("tls_config", std::move(section));
}

void ReadHeaders(Section& section, probe::Target& target) {
  for (auto& [name, value] : section.TextMap("headers", true)) {
    auto header = CheckHeader(name, std::move(value));
    if (!header) {
      section.Fail("headers", header.error().why);
    } else if (!target.credentials_file.empty() &&
               mcp::EqualHeaderNames(header->first, "Authorization")) {
      section.Fail("headers", "Authorization is already given by authorization (allowed: one)");
    } else {
      target.headers.push_back(std::move(*header));
    }
  }
}

namespace {

void ReadExpect(Section& target_section, ConfigFiles& files, probe::Target& target) {
  Section section = target_section.Child("expect");
  target.expect_tools = section.Texts("tools");
  const std::string manifest_file = files.Locate(section.Text("manifest_file"));
  if (!manifest_file.empty()) {
    if (auto manifest = files.Manifest(manifest_file)) {
      target.expect_manifest = std::move(*manifest);
    } else {
      section.Fail("manifest_file", manifest.error().why);
    }
  }
  target_section.Put("expect", std::move(section));
}

}  // namespace

void ReadTarget(Section& section, ConfigFiles& files, Milliseconds timeout, probe::Target& target) {
  target.protocol = section.Value("protocol", std::optional<mcp::Version>(), "", ParseProtocol);
  target.timeout = section.Duration("timeout", timeout, kMaxProbeTimeout);
  target.address = section.Value("address", std::string(), "", ParseIpAddress);
  target.dns_server = section.Value("resolver", std::string(), "", ParseDnsServer);
  target.follow_redirects = section.Boolean("follow_redirects", false);
  ReadAuthorization(section, files, target);
  ReadTls(section, files, target);
  ReadHeaders(section, target);
  ReadExpect(section, files, target);
  if (section.Has("canary")) target.canary.emplace();
  Section canary = section.Child("canary");
  if (target.canary) ReadCanary(canary, *target.canary);
  section.Put("canary", std::move(canary));
  const net::Url url = section.Value("health_url", net::Url(), "", ParseTargetUrl, PublicUrl);
  if (!url.host.empty()) target.health_url = url;
}

}  // namespace mcp_vitals::app
