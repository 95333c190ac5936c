#include "app/probe_command.h"

#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>

#include "app/expect_flag.h"
#include "app/files.h"
#include "app/flag_reader.h"
#include "app/manifest_file.h"
#include "app/probe_once.h"
#include "app/result_json.h"
#include "app/terminal.h"
#include "app/tls_contexts.h"
#include "mcp/headers.h"

namespace mcp_vitals::app {

namespace {

constexpr Milliseconds kMaxTimeout = std::chrono::minutes(10);

void ReadCanary(const ProbeFlags& flags, FlagReader& reader, probe::Target& target) {
  if (flags.call.empty()) {
    if (!flags.arguments.empty()) reader.Fail("--arguments", "needs --call TOOL");
    if (!flags.expect.empty()) reader.Fail("--expect", "needs --call TOOL");
    return;
  }
  probe::Canary canary;
  canary.tool = flags.call;
  if (!flags.arguments.empty()) {
    canary.arguments_json = reader.Take("--arguments", ParseArguments(flags.arguments));
  }
  for (const std::string& text : flags.expect) {
    if (const auto wrong = AddExpectation(text, canary.expect)) reader.Fail("--expect", wrong->why);
  }
  target.canary = std::move(canary);
}

void ReadHeaders(const ProbeFlags& flags, FlagReader& reader, probe::Target& target) {
  for (const std::string& text : flags.headers) {
    Header header = reader.Take("--header", ParseHeader(text));
    if (!flags.bearer_token_file.empty() && mcp::EqualHeaderNames(header.first, "Authorization")) {
      reader.Fail("--header", "Authorization is already given by --bearer-token-file");
    }
    target.headers.push_back(std::move(header));
  }
  if (flags.bearer_token_file.empty()) return;
  reader.Take("--bearer-token-file", ReadFile(flags.bearer_token_file, kMaxSecretBytes));
  target.credentials_file = flags.bearer_token_file;
}

void ReadTls(const ProbeFlags& flags, FlagReader& reader, probe::Target& target) {
  const net::TlsConfig config{flags.ca_file, flags.cert_file, flags.key_file, flags.server_name,
                              flags.insecure_skip_verify};
  // Resource metadata and redirects may lead to https from an http target too.
  TlsContexts contexts;
  std::string key;
  std::string why;
  target.tls = contexts.Get(config, key, why);
  if (target.tls == nullptr) reader.Fail(FlagOf(key), why);
}

void ReadManifest(const ProbeFlags& flags, FlagReader& reader, probe::Target& target) {
  if (flags.manifest_file.empty()) return;
  auto manifest = LoadManifest(flags.manifest_file);
  if (!manifest) return reader.Fail("--manifest-file", manifest.error().why);
  target.expect_manifest = std::move(*manifest);
}

}  // namespace

Parsed<probe::Target> TargetFromFlags(const ProbeFlags& flags) {
  FlagReader reader;
  probe::Target target;
  target.name = flags.url;
  target.url = reader.Take("URL", ParseTargetUrl(flags.url));
  target.protocol = reader.Take("--protocol", ParseProtocol(flags.protocol));
  target.timeout = reader.Take("--timeout", ParseDuration(flags.timeout, kMaxTimeout));
  if (!flags.address.empty()) {
    target.address = reader.Take("--address", ParseIpAddress(flags.address));
  }
  if (!flags.resolver.empty()) {
    target.dns_server = reader.Take("--resolver", ParseDnsServer(flags.resolver));
  }
  if (!flags.health_url.empty()) {
    target.health_url = reader.Take("--health-url", ParseTargetUrl(flags.health_url));
  }
  target.follow_redirects = flags.follow_redirects;
  target.expect_tools = flags.expect_tools;
  ReadHeaders(flags, reader, target);
  ReadManifest(flags, reader, target);
  ReadCanary(flags, reader, target);
  ReadTls(flags, reader, target);
  if (reader.wrong()) return *reader.wrong();
  return target;
}

namespace {

enum class Format { kText, kJson, kManifest };

struct Output {
  Format format = Format::kText;
  Colour colour = Colour::kAuto;
};

Parsed<Output> OutputFromFlags(const ProbeFlags& flags) {
  Output output;
  if (flags.output == "json") {
    output.format = Format::kJson;
  } else if (flags.output == "manifest") {
    output.format = Format::kManifest;
  } else if (flags.output != "text") {
    return Wrong{"--output: " + Quote(flags.output) +
                 " is no format (allowed: text, json, manifest)"};
  }
  if (flags.color == "always") {
    output.colour = Colour::kAlways;
  } else if (flags.color == "never") {
    output.colour = Colour::kNever;
  } else if (flags.color != "auto") {
    return Wrong{"--color: " + Quote(flags.color) + " is unknown (allowed: auto, always, never)"};
  }
  return output;
}

// What was listed is written also when something else is wrong, which is then told aside.
std::string Manifest(const vitals::ProbeResult& result) {
  if (!result.success) {
    std::fprintf(stderr, "mcp-vitals probe: %s in %s: %s\n",
                 std::string(ToString(*result.reason)).c_str(),
                 std::string(ToString(*result.phase)).c_str(), result.detail.c_str());
  }
  return result.tools ? "{\"tools\":[" + result.definitions + "]}\n" : "";
}

std::string Told(const vitals::ProbeResult& result, const Output& output) {
  switch (output.format) {
    case Format::kJson:
      return ResultJson(result) + "\n";
    case Format::kManifest:
      return Manifest(result);
    case Format::kText:
      break;
  }
  return Waterfall(result, TerminalStyle(output.colour));
}

int Complain(const Wrong& wrong) {
  std::fprintf(stderr, "mcp-vitals probe: %s\n", wrong.why.c_str());
  return 2;
}

}  // namespace

int ProbeCommand(const ProbeFlags& flags) {
  const auto output = OutputFromFlags(flags);
  if (!output) return Complain(output.error());
  auto parsed = TargetFromFlags(flags);
  if (!parsed) return Complain(parsed.error());
  auto target = std::make_shared<probe::Target>(std::move(*parsed));
  target->keep_definitions = output->format == Format::kManifest;
  int interrupted_by = 0;
  vitals::ProbeResult result = ProbeOnce(target, &interrupted_by);
  if (interrupted_by != 0) {
    std::signal(interrupted_by, SIG_DFL);
    std::raise(interrupted_by);
  }
  // Keys in the query are nobody's business who reads the output later.
  result.target = result.url = PublicUrl(result.url);
  const std::string text = Told(result, *output);
  std::fwrite(text.data(), 1, text.size(), stdout);  // main sees whether that went well
  return result.success ? 0 : 1;
}

}  // namespace mcp_vitals::app
