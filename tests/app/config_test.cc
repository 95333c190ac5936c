#include "app/config.h"

#include <gmock/gmock.h>
#include <re2/re2.h>
#include <unistd.h>

#include <sstream>

#include "app/files.h"
#include "tests/support/certificates.h"

namespace mcp_vitals::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

std::shared_ptr<const Config> Good(const std::string& yaml) {
  const LoadedConfig loaded = ParseConfig(yaml, "f.yml");
  EXPECT_THAT(loaded.errors, IsEmpty());
  return loaded.config ? loaded.config : std::make_shared<const Config>();
}

// A file with one target, to which `keys` are added (indented by six).
std::string WithTarget(const std::string& keys) {
  return "probe:\n  targets:\n    - name: a\n      url: http://h/mcp\n" + keys;
}

struct BadCase {
  const char* name;
  std::string yaml;
  std::string error;  // the whole message
  friend void PrintTo(const BadCase& c, std::ostream* out) { *out << c.name; }
};

class BadConfigTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadConfigTest, SaysFileLineKeyAndWhatIsAllowed) {
  const LoadedConfig loaded = ParseConfig(GetParam().yaml, "f.yml");
  EXPECT_EQ(loaded.config, nullptr);
  EXPECT_THAT(loaded.errors, ElementsAre(GetParam().error));
}

const std::string kTargetKeys =
    "address, authorization, canary, expect, follow_redirects, headers, health_url, name, "
    "protocol, resolver, timeout, tls_config, url";

INSTANTIATE_TEST_SUITE_P(
    Config, BadConfigTest,
    testing::Values(
        BadCase{"Empty", "",
                "f.yml: nothing to do (allowed: probe.targets, probe.modules, proxy, saturation, "
                "connections, scaler)"},
        BadCase{"NotAMap", "- a\n", "f.yml:1: must be a map (allowed: keys and values)"},
        BadCase{"NoYaml", "probe: [\n",
                "f.yml:2: no YAML that can be used: end of sequence flow not found"},
        BadCase{"DuplicateKey", "probe: {}\nprobe: {}\n",
                "f.yml:2: no YAML that can be used: the key \"probe\" stands here twice"},
        BadCase{
            "UnknownSection", WithTarget("scale: {}\n"),
            "f.yml:5: scale: unknown key, did you mean scaler? (allowed: admin, connections, http, "
            "identity, labels, probe, probe_token_file, proxy, saturation, scaler)"},
        BadCase{"UnknownKey", WithTarget("      header: {}\n"),
                "f.yml:5: probe.targets[0].header: unknown key, did you mean headers? (allowed: " +
                    kTargetKeys + ")"},
        BadCase{"DurationWithoutUnit", WithTarget("      timeout: 10\n"),
                "f.yml:5: probe.targets[0].timeout: \"10\" is no duration (allowed: numbers with a "
                "unit, like 500ms, 10s, 1m30s or 1h)"},
        BadCase{"DurationOfNothing", WithTarget("      timeout: 0s\n"),
                "f.yml:5: probe.targets[0].timeout: \"0s\" is out of range (allowed: 1ms to 10m)"},
        BadCase{"NegativeDuration", WithTarget("  interval: -1s\n"),
                "f.yml:5: probe.interval: \"-1s\" is no duration (allowed: numbers with a unit, "
                "like 500ms, 10s, 1m30s or 1h)"},
        BadCase{"BadProtocol", WithTarget("      protocol: 2025\n"),
                "f.yml:5: probe.targets[0].protocol: \"2025\" is no MCP version (allowed: auto, "
                "2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25, 2026-07-28)"},
        BadCase{"NoName", "probe: {targets: [{url: 'http://h/'}]}\n",
                "f.yml:1: probe.targets[0].name: is missing (allowed: a name that no other target "
                "has)"},
        BadCase{"NoUrl", "probe: {targets: [{name: a}]}\n",
                "f.yml:1: probe.targets[0].url: is missing (allowed: http://… or https://…)"},
        BadCase{"BadUrl", "probe: {targets: [{name: a, url: mcp.example.com}]}\n",
                "f.yml:1: probe.targets[0].url: \"mcp.example.com\" is no URL that can be probed "
                "(allowed: http://… or https://…)"},
        BadCase{"PasswordInUrl", "probe: {targets: [{name: a, url: 'http://u:hunter2@h/'}]}\n",
                "f.yml:1: probe.targets[0].url: the URL holds a user name or password (allowed: "
                "none; use authorization)"},
        BadCase{"SameNameTwice",
                "probe:\n  targets:\n    - {name: a, url: 'http://h/'}\n    - {name: a, url: "
                "'http://i/'}\n",
                "f.yml:4: probe.targets[1].name: \"a\" is also the name of the target in line 3 "
                "(allowed: names that differ)"},
        BadCase{"EmptyName", "probe: {targets: [{name: '', url: 'http://h/'}]}\n",
                "f.yml:1: probe.targets[0].name: \"\" is no name (allowed: 1 to 100 bytes of "
                "printable text)"},
        BadCase{"NameWithControlCharacter",
                "probe: {targets: [{name: \"a\\e[31m\", url: 'http://h/'}]}\n",
                "f.yml:1: probe.targets[0].name: \"a?[31m\" is no name (allowed: 1 to 100 bytes "
                "of printable text)"},
        BadCase{"TargetsAreNoList", "probe: {targets: {a: b}}\n",
                "f.yml:1: probe.targets: must be a list (allowed: maps)"},
        BadCase{"TargetIsNoMap", "probe: {targets: [a]}\n",
                "f.yml:1: probe.targets[0]: must be a map (allowed: keys and values)"},
        BadCase{"ValueIsAList", WithTarget("      timeout: [1s]\n"),
                "f.yml:5: probe.targets[0].timeout: must be a single value (allowed: text)"},
        BadCase{"BadBoolean", WithTarget("      follow_redirects: yes\n"),
                "f.yml:5: probe.targets[0].follow_redirects: \"yes\" is neither true nor false "
                "(allowed: true, false)"},
        BadCase{"BadAddress", WithTarget("      address: localhost\n"),
                "f.yml:5: probe.targets[0].address: \"localhost\" is no IP address (allowed: like "
                "203.0.113.7 or ::1)"},
        BadCase{"BadResolver", WithTarget("      resolver: dns\n"),
                "f.yml:5: probe.targets[0].resolver: \"dns\" is no DNS server (allowed: like "
                "10.0.0.10 or [::1]:5353)"},
        BadCase{"NoCaFile", WithTarget("      tls_config: {ca_file: /nowhere/ca.pem}\n"),
                "f.yml:5: probe.targets[0].tls_config.ca_file: cannot read /nowhere/ca.pem: No "
                "such file or directory"},
        BadCase{"CertificateWithoutKey", WithTarget("      tls_config: {cert_file: /dev/null}\n"),
                "f.yml:5: probe.targets[0].tls_config.key_file: is missing: cert_file and key_file "
                "belong together (allowed: both or none)"},
        BadCase{"NoCredentialsFile", WithTarget("      authorization: {type: Bearer}\n"),
                "f.yml:5: probe.targets[0].authorization.credentials_file: is missing (allowed: a "
                "file that holds the credentials)"},
        BadCase{"CredentialsInTheFile",
                WithTarget("      authorization: {credentials_file: /etc/hostname, credentials: "
                           "hunter2}\n"),
                "f.yml:5: probe.targets[0].authorization.credentials: unknown key, did you mean "
                "credentials_file? (allowed: credentials_file, type)"},
        BadCase{"BadHeaderName", WithTarget("      headers: {'a b': hunter2}\n"),
                "f.yml:5: probe.targets[0].headers: \"a b\" is no header name (allowed: letters, "
                "digits and -)"},
        BadCase{"OwnHeader", WithTarget("      headers: {Mcp-Session-Id: hunter2}\n"),
                "f.yml:5: probe.targets[0].headers: \"Mcp-Session-Id\" is set by the probe itself "
                "(allowed: other headers)"},
        BadCase{"HeaderIsAList", WithTarget("      headers: {a: [hunter2]}\n"),
                "f.yml:5: probe.targets[0].headers.a: must be a single value (allowed: text)"},
        BadCase{"ToolsAreNoTexts", WithTarget("      expect: {tools: [[a]]}\n"),
                "f.yml:5: probe.targets[0].expect.tools: must be a list of texts (allowed: like "
                "[a, b])"},
        BadCase{"NoManifest", WithTarget("      expect: {manifest_file: /nowhere}\n"),
                "f.yml:5: probe.targets[0].expect.manifest_file: cannot read /nowhere: No such "
                "file or directory"},
        BadCase{"ManifestIsADirectory", WithTarget("      expect: {manifest_file: /tmp}\n"),
                "f.yml:5: probe.targets[0].expect.manifest_file: cannot read /tmp: it is a "
                "directory"},
        BadCase{"CanaryWithoutTool", WithTarget("      canary: {arguments: {a: 1}}\n"),
                "f.yml:5: probe.targets[0].canary.tool: is missing (allowed: the name of a tool)"},
        BadCase{"ArgumentsAreAList", WithTarget("      canary: {tool: t, arguments: [1]}\n"),
                "f.yml:5: probe.targets[0].canary.arguments: must be a map (allowed: the tool's "
                "arguments by name)"},
        BadCase{"BadRegex", WithTarget("      canary: {tool: t, expect: {text_matches: '('}}\n"),
                "f.yml:5: probe.targets[0].canary.expect.text_matches: \"(\" is no regular "
                "expression: missing ): ( (allowed: RE2 syntax)"},
        BadCase{"BadPointer",
                WithTarget("      canary: {tool: t, expect: {json: [{pointer: a/b}]}}\n"),
                "f.yml:5: probe.targets[0].canary.expect.json[0].pointer: \"a/b\" is no JSON "
                "pointer (allowed: like /structuredContent/count)"},
        BadCase{"NoPointer", WithTarget("      canary: {tool: t, expect: {json: [{min: 1}]}}\n"),
                "f.yml:5: probe.targets[0].canary.expect.json[0].pointer: is missing (allowed: "
                "like /structuredContent/count)"},
        BadCase{
            "BadType",
            WithTarget("      canary: {tool: t, expect: {json: [{pointer: /a, type: list}]}}\n"),
            "f.yml:5: probe.targets[0].canary.expect.json[0].type: \"list\" is no JSON type "
            "(allowed: null, boolean, number, string, array, object)"},
        BadCase{"BadBound",
                WithTarget("      canary: {tool: t, expect: {json: [{pointer: /a, min: x}]}}\n"),
                "f.yml:5: probe.targets[0].canary.expect.json[0].min: \"x\" is no number (allowed: "
                "like 3 or 0.5)"},
        BadCase{
            "EqualsIsAMap",
            WithTarget("      canary: {tool: t, expect: {json: [{pointer: /a, equals: {}}]}}\n"),
            "f.yml:5: probe.targets[0].canary.expect.json[0].equals: must be a single value "
            "(allowed: a number, true, false or a text)"},
        BadCase{"BadCount", WithTarget("  max_concurrent: 0\n"),
                "f.yml:5: probe.max_concurrent: \"0\" is out of range (allowed: 1 to 4096)"},
        BadCase{"BadListen", WithTarget("http: {listen: nowhere}\n"),
                "f.yml:5: http.listen: \"nowhere\" is no address to listen on (allowed: like "
                "[::]:9788)"},
        BadCase{"AdminNotOnLoopback", WithTarget("admin: {listen: '0.0.0.0:1'}\n"),
                "f.yml:5: admin.listen: \"0.0.0.0:1\" is no address to listen on (allowed: "
                "unix:/path or 127.0.0.1:port)"},
        BadCase{"BadLabelName", WithTarget("labels: {a-b: c}\n"),
                "f.yml:5: labels: \"a-b\" is no label name (allowed: letters, digits and _)"},
        BadCase{"OwnLabel", WithTarget("labels: {target: c}\n"),
                "f.yml:5: labels: \"target\" is a label of our own metrics (allowed: other names)"},
        BadCase{
            "NoWebConfig", WithTarget("http: {web_config_file: /nowhere.yml}\n"),
            "f.yml:5: http.web_config_file: cannot read /nowhere.yml: No such file or directory"},
        BadCase{"BadAllowedHost", "probe: {modules: {default: {allowed_hosts: ['http://h']}}}\n",
                "f.yml:1: probe.modules.default.allowed_hosts: \"http://h\" is no host (allowed: "
                "like mcp.example.com or *.example.com)"},
        BadCase{"ModuleWithUrl", "probe: {modules: {default: {url: 'http://h/'}}}\n",
                "f.yml:1: probe.modules.default.url: unknown key (allowed: address, "
                "allowed_hosts, authorization, canary, expect, follow_redirects, headers, "
                "health_url, protocol, resolver, timeout, tls_config)"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(ConfigTest, FillsInDefaults) {
  const auto config = Good(WithTarget(""));
  EXPECT_EQ(config->listen, "[::]:9788");
  EXPECT_EQ(config->admin_listen, "unix:/run/mcp-vitals.sock");
  EXPECT_FALSE(config->admin_given);
  EXPECT_EQ(config->schedule.interval, std::chrono::seconds(60));
  EXPECT_EQ(config->schedule.retry_interval, std::chrono::seconds(10));
  EXPECT_EQ(config->schedule.max_concurrent, 64u);
  const probe::Target& target = *config->targets.at(0);
  EXPECT_EQ(target.name, "a");
  EXPECT_EQ(target.url.ToString(), "http://h/mcp");
  EXPECT_FALSE(target.protocol);
  EXPECT_EQ(target.timeout, std::chrono::seconds(10));
  EXPECT_FALSE(target.canary);
  EXPECT_NE(target.tls, nullptr);
}

TEST(ConfigTest, ReadsEveryKeyOfATarget) {
  const support::TempDir dir;
  dir.Write("token", "hunter2");
  dir.Write("tools.json", R"({"tools":[{"name":"search","inputSchema":{"type":"object"}}]})");
  const auto loaded = ParseConfig(R"(
probe:
  timeout: 3s
  vantage: eu-west
  targets:
    - name: public
      url: https://mcp.example.com/mcp
      protocol: 2025-11-25
      address: 203.0.113.7
      resolver: 10.0.0.10
      follow_redirects: true
      authorization: {type: Token, credentials_file: token}
      tls_config: {server_name: inner.example.com, insecure_skip_verify: true}
      headers: {Host: other.example.com, X-Api-Key: hunter2}
      expect: {tools: [search], manifest_file: tools.json}
      canary:
        tool: search
        arguments: {query: health, limit: 3, deep: {list: [1, "2", true, null, 1.5e3, 007]}}
        expect:
          is_error: false
          text_contains: [ok]
          text_matches: "^o"
          json:
            - {pointer: /structuredContent/count, min: 1, max: 9.5}
            - {pointer: /structuredContent/name, equals: "3", type: string, length: 1}
            - {pointer: /structuredContent/n, equals: 3}
      health_url: http://127.0.0.1:3000/health
)",
                                  dir.path() + "/f.yml");
  ASSERT_THAT(loaded.errors, IsEmpty());
  const probe::Target& target = *loaded.config->targets.at(0);
  EXPECT_EQ(loaded.config->vantage, "eu-west");
  EXPECT_EQ(target.protocol, mcp::Version::k20251125);
  EXPECT_EQ(target.timeout, std::chrono::seconds(3));
  EXPECT_EQ(target.address, "203.0.113.7");
  EXPECT_EQ(target.dns_server, "10.0.0.10");
  EXPECT_TRUE(target.follow_redirects);
  EXPECT_EQ(target.credentials_type, "Token");
  EXPECT_EQ(target.credentials_file, dir.path() + "/token");
  EXPECT_EQ(target.tls->config().server_name, "inner.example.com");
  EXPECT_TRUE(target.tls->config().insecure_skip_verify);
  EXPECT_THAT(target.headers,
              ElementsAre(Pair("Host", "other.example.com"), Pair("X-Api-Key", "hunter2")));
  EXPECT_THAT(target.expect_tools, ElementsAre("search"));
  EXPECT_EQ(target.expect_manifest->at(0).name, "search");
  ASSERT_TRUE(target.canary);
  EXPECT_EQ(target.canary->arguments_json,
            R"({"query":"health","limit":3,"deep":{"list":[1,"2",true,null,1.5e3,"007"]}})");
  const probe::Expectation& expect = target.canary->expect;
  EXPECT_THAT(expect.text_contains, ElementsAre("ok"));
  EXPECT_EQ(expect.text_matches.at(0)->pattern(), "^o");
  EXPECT_EQ(expect.checks.at(0).min, 1);
  EXPECT_EQ(expect.checks.at(0).max, 9.5);
  EXPECT_EQ(expect.checks.at(1).equals, "\"3\"");
  EXPECT_EQ(expect.checks.at(1).type, mcp::JsonType::kString);
  EXPECT_EQ(expect.checks.at(1).length, 1u);
  EXPECT_EQ(expect.checks.at(2).equals, "3");
  EXPECT_EQ(target.health_url->ToString(), "http://127.0.0.1:3000/health");
  // A change of the token is seen by the next probe, without a reload.
  EXPECT_THAT(loaded.config->files, ElementsAre(dir.path() + "/f.yml", dir.path() + "/tools.json"));
}

TEST(ConfigTest, ReadsModules) {
  const auto config = Good(
      "probe:\n  modules:\n    default: {allowed_hosts: [Mcp.Example.com, '*.example.org'], "
      "timeout: 5s}\n");
  const Module& module = config->modules.at("default");
  EXPECT_THAT(module.allowed_hosts, ElementsAre("mcp.example.com", "*.example.org"));
  EXPECT_EQ(module.target->timeout, std::chrono::seconds(5));
  EXPECT_THAT(module.shown, HasSubstr("timeout: 5s"));
}

TEST(ConfigTest, TakesIdentityFromTheEnvironmentWhereTheFileDoesNotSay) {
  ::setenv("POD_NAME", "from-environment", 1);
  ::setenv("NODE_NAME", "node-1", 1);
  const auto config = Good(WithTarget("identity: {pod: from-file}\n"));
  ::unsetenv("POD_NAME");
  ::unsetenv("NODE_NAME");
  EXPECT_THAT(config->identity, Contains(Pair("pod", "from-file")));
  EXPECT_THAT(config->identity, Contains(Pair("node", "node-1")));
}

TEST(ConfigTest, SharesTlsBetweenTargetsThatSpeakItAlike) {
  const auto config = Good(
      "probe:\n  targets:\n    - {name: a, url: 'https://a/'}\n    - {name: b, url: 'https://b/'}\n"
      "    - {name: c, url: 'https://c/', tls_config: {server_name: d}}\n");
  EXPECT_EQ(config->targets.at(0)->tls, config->targets.at(1)->tls);
  EXPECT_NE(config->targets.at(0)->tls, config->targets.at(2)->tls);
}

TEST(ConfigTest, AnchorsMayBeUsed) {
  const auto config = Good(
      "probe:\n  targets:\n"
      "    - {name: a, url: 'http://a/', canary: &c {tool: t, arguments: {x: 1}}}\n"
      "    - {name: b, url: 'http://b/', canary: *c}\n");
  EXPECT_EQ(config->targets.at(1)->canary->arguments_json, "{\"x\":1}");
}

TEST(ConfigTest, ReportsAllErrorsAtOnce) {
  const auto loaded = ParseConfig(WithTarget("      timeout: x\n      addres: y\nfoo: 1\n"), "f");
  EXPECT_EQ(loaded.errors.size(), 3u);
}

TEST(ConfigTest, EndsAfterTwentyErrors) {
  std::string yaml = "probe:\n  targets:\n";
  for (int i = 0; i < 1000; ++i) yaml += "    - {}\n";
  EXPECT_EQ(ParseConfig(yaml, "f").errors.size(), 21u);
}

// Nine levels of nine aliases each would be 387 million values.
TEST(ConfigTest, RefusesABombOfAliases) {
  std::string yaml =
      "probe:\n  targets:\n    - name: a\n      url: http://h/\n      canary:\n"
      "        tool: t\n        arguments:\n          a0: &a0 [x, x]\n";
  for (int level = 1; level < 10; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    yaml += "          a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
    for (int i = 0; i < 9; ++i) yaml += below + ", ";
    yaml += "]\n";
  }
  EXPECT_THAT(ParseConfig(yaml, "f.yml").errors,
              ElementsAre("f.yml:8: probe.targets[0].canary.arguments: is larger than 65536 bytes "
                          "as JSON"));
}

TEST(ConfigTest, WhatIsShownIsAConfigurationAgain) {
  const std::string yaml = WithTarget(
      "      timeout: 1m30s\n      headers: {X-Tenant: acme}\n"
      "      canary: {tool: t, arguments: {a: [1, 'x']}, expect: {is_error: true, text_contains: "
      "'a: b', json: [{pointer: '', type: object}]}}\n"
      "  modules: {default: {allowed_hosts: [h]}, other: {}}\n"
      "http: {listen: '127.0.0.1:0'}\nlabels: {team: core}\nidentity: {pod: p}\n");
  const auto first = Good(yaml);
  const auto second = Good(first->shown);
  EXPECT_EQ(second->shown, first->shown);
  EXPECT_EQ(second->targets.at(0)->canary->arguments_json, "{\"a\":[1,\"x\"]}");
  EXPECT_THAT(first->shown, HasSubstr("X-Tenant: \"<secret>\""));
}

class ConfigFileTest : public testing::Test {
 protected:
  const support::TempDir dir_;
};

TEST_F(ConfigFileTest, MissingIsAnError) {
  EXPECT_THAT(LoadConfig("/nowhere.yml").errors,
              ElementsAre("/nowhere.yml: cannot read /nowhere.yml: No such file or directory"));
}

TEST_F(ConfigFileTest, ADirectoryIsAnError) {
  EXPECT_THAT(LoadConfig("/tmp").errors, ElementsAre("/tmp: cannot read /tmp: it is a directory"));
}

TEST_F(ConfigFileTest, ADeviceIsAnError) {
  EXPECT_THAT(LoadConfig("/dev/zero").errors,
              ElementsAre("/dev/zero: cannot read /dev/zero: it is no regular file"));
}

// Sparse: found to be too large by its size, not by being read.
TEST_F(ConfigFileTest, AHundredMegabytesAreAnError) {
  const std::string path = dir_.Write("large.yml", "");
  ASSERT_EQ(::truncate(path.c_str(), 100'000'000), 0);
  EXPECT_THAT(LoadConfig(path).errors,
              ElementsAre(path + ": cannot read " + path + ": it is larger than 16777216 bytes"));
}

TEST_F(ConfigFileTest, BinaryGarbageIsAnError) {
  for (const char* text : {"\xff\xfe\x00\x01", "\x00\x00", "%!$", "{{{{", "&a &b", "!!binary ["}) {
    EXPECT_FALSE(ParseConfig(text, "f.yml").errors.empty());
  }
}

Parsed<std::string> DocumentedKeys() {
  return ReadFile(std::string(SOURCE_DIR) + "/docs/configuration.md", kMaxConfigBytes);
}

// The errors about a key that nobody knows list those that there are.
TEST_F(ConfigFileTest, EveryKeyIsDocumented) {
  const auto page = DocumentedKeys();
  ASSERT_TRUE(page);
  const auto loaded = ParseConfig(R"(
x: 1
http: {x: 1}
admin: {x: 1}
identity: {x: 1}
probe:
  x: 1
  targets:
    - {name: a, url: 'http://h/', x: 1, authorization: {credentials_file: /etc/hostname, x: 1},
       tls_config: {x: 1}, expect: {x: 1},
       canary: {tool: t, x: 1, expect: {x: 1, json: [{pointer: /a, x: 1}]}}}
  modules: {default: {x: 1}}
)",
                                  "f.yml");
  ASSERT_EQ(loaded.errors.size(), 13u);
  for (const std::string& error : loaded.errors) {
    const std::string mark = "(allowed: ";
    const std::size_t begin = error.find(mark) + mark.size();
    std::istringstream keys(error.substr(begin, error.rfind(')') - begin));
    for (std::string key; keys >> key;) {
      if (key.ends_with(',')) key.pop_back();
      EXPECT_THAT(*page, HasSubstr(key)) << error;
    }
  }
}

TEST_F(ConfigFileTest, TheDocumentedExampleIsGood) {
  const auto page = DocumentedKeys();
  ASSERT_TRUE(page);
  const std::string fence = "```yaml\n# mcp-vitals.yml";
  const std::size_t begin = page->find(fence);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t start = begin + 8;
  const std::string example = page->substr(start, page->find("```\n", start) - start);
  // The files that it names.
  dir_.Write("token", "t");
  dir_.Write("tools.json", "[]");
  dir_.Write("ca.pem", support::Authority().Pem());
  dir_.Write("web.yml", "{}");
  const auto loaded = ParseConfig(example, dir_.path() + "/mcp-vitals.yml");
  EXPECT_THAT(loaded.errors, IsEmpty());
}

}  // namespace
}  // namespace mcp_vitals::app
