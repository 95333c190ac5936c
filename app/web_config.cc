#include "app/web_config.h"

#include <algorithm>
#include <array>

#include "app/files.h"
#include "app/yaml_section.h"
#include "net/tls_server.h"

namespace mcp_vitals::app {

namespace {

template <std::size_t N>
Parsed<std::string> OneOf(const std::array<const char*, N>& words, const std::string& text) {
  std::string allowed;
  for (const char* word : words) {
    if (text == word) return text;
    allowed += (allowed.empty() ? "" : ", ") + std::string(word);
  }
  return Wrong{Quote(text) + " is unknown (allowed: " + allowed + ")"};
}

Parsed<std::string> ParseClientAuth(const std::string& text) {
  return OneOf(std::array{"NoClientCert", "RequestClientCert", "RequireAnyClientCert",
                          "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"},
               text);
}

Parsed<std::string> ParseMinVersion(const std::string& text) {
  return OneOf(std::array{"TLS12", "TLS13"}, text);
}

// A file's path, as seen from the web configuration; it must be readable.
std::string FileAt(Section& section, const std::string& key, const std::string& web_file) {
  std::string path = RelativeTo(web_file, section.Text(key));
  if (path.empty()) return path;
  if (const auto read = ReadFile(path, kMaxConfigBytes); !read) {
    section.Fail(key, read.error().why);
  }
  return path;
}

}  // namespace

net::TlsServerConfig ReadTlsServer(Section& section, const std::string& web_file) {
  net::TlsServerConfig tls;
  tls.cert_file = FileAt(section, "cert_file", web_file);
  tls.key_file = FileAt(section, "key_file", web_file);
  tls.client_auth_type = section.Value("client_auth_type", tls.client_auth_type,
                                       tls.client_auth_type, ParseClientAuth);
  tls.client_ca_file = FileAt(section, "client_ca_file", web_file);
  tls.min_version = section.Value("min_version", tls.min_version, tls.min_version, ParseMinVersion);
  if (tls.cert_file.empty()) section.Fail("cert_file", "is missing (allowed: a PEM file)");
  if (tls.key_file.empty()) section.Fail("key_file", "is missing (allowed: a PEM file)");
  return tls;
}

namespace {

bool IsBcrypt(const std::string& hash) {
  const bool prefix =
      hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$");
  return prefix && hash.size() == 60;
}

}  // namespace

exporter::WebConfig ParseWebConfig(const std::string& text, const std::string& path,
                                   std::vector<std::string>& errors) {
  exporter::WebConfig web;
  ConfigErrors wrong(path);
  YamlError yaml_error;
  const auto root = ParseYaml(text, yaml_error);
  if (root == nullptr) wrong.Add(yaml_error.line, "", yaml_error.why);
  if (root != nullptr) {
    Section section(wrong, root, "");
    Section tls = section.Child("tls_server_config");
    if (section.Has("tls_server_config")) web.tls = ReadTlsServer(tls, path);
    section.Put("tls_server_config", std::move(tls));
    for (auto& [user, hash] : section.TextMap("basic_auth_users", true)) {
      if (!IsBcrypt(hash)) {
        section.Fail("basic_auth_users", "the password of " + Quote(user) +
                                             " is no bcrypt hash (allowed: like $2y$10$…)");
      }
      web.basic_auth_users.emplace(user, std::move(hash));
    }
    section.Finish();
    std::string why;
    if (web.tls && wrong.empty() && !net::MakeTlsServer(*web.tls, why)) {
      wrong.Add(0, "", "tls_server_config." + why);
    }
  }
  for (std::string& message : wrong.Take()) errors.push_back(std::move(message));
  return web;
}

}  // namespace mcp_vitals::app
