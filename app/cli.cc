#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "app/demo.h"
#include "app/did_you_mean.h"
#include "app/drain_command.h"
#include "app/expect_flag.h"
#include "app/probe_command.h"
#include "app/run_command.h"
#include "app/scaler_get_command.h"
#include "app/version.h"

namespace mcp_vitals::app {

namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  mcp-vitals probe https://mcp.example.com/mcp     # why does my server not work?\n"
    "  mcp-vitals run --config mcp-vitals.yml           # watch servers, for Prometheus\n"
    "  mcp-vitals scaler get scaler:9789 fleet=search   # what KEDA would get, and why\n"
    "  mcp-vitals demo                                  # see it at work\n"
    "  mcp-vitals probe --help\n"
    "\n"
    "Exit status: 0 good, 1 what was examined is not good, 2 wrong usage or configuration.";

const std::string kProbeExamples =
    "Durations are like 500ms, 10s, 1m30s. EXPECTATION is one of\n  " +
    std::string(kExpectGrammar) +
    "\n\n"
    "Examples:\n"
    "  mcp-vitals probe https://mcp.example.com/mcp\n"
    "  mcp-vitals probe https://mcp.example.com/mcp --bearer-token-file token --output json\n"
    "  mcp-vitals probe https://mcp.example.com/mcp --expect-tool search --timeout 5s\n"
    "  mcp-vitals probe https://mcp.example.com/mcp --call search \\\n"
    "      --arguments '{\"query\":\"health\"}' --expect contains=ok \\\n"
    "      --expect '/structuredContent/count>=1'\n"
    "  mcp-vitals probe https://mcp.example.com/mcp --address 10.0.0.7    # past the load "
    "balancer\n"
    "\n"
    "Exit status: 0 healthy, 1 not healthy, 2 wrong usage.";

// The options of one group in the help.
class Group {
 public:
  Group(CLI::App& command, const char* name) : command_(command), name_(name) {}
  CLI::Option* Text(const char* flag, const char* value, std::string& into, const char* help) {
    CLI::Option* option = command_.add_option(flag, into, help)->type_name(value)->group(name_);
    return into.empty() ? option : option->capture_default_str();
  }
  // May be given several times, each with one value.
  void Texts(const char* flag, const char* value, std::vector<std::string>& into,
             const char* help) {
    command_.add_option(flag, into, std::string(help) + " (repeatable)")
        ->type_name(value)
        ->allow_extra_args(false)
        ->group(name_);
  }
  void Flag(const char* flag, bool& into, const char* help) {
    command_.add_flag(flag, into, help)->group(name_);
  }

 private:
  CLI::App& command_;
  const char* name_;
};

void AddProbe(CLI::App& app, ProbeFlags& flags, int& status) {
  CLI::App& probe = *app.add_subcommand("probe", "Probe one MCP server and tell what was seen");
  probe.footer(kProbeExamples);
  probe.add_option("URL", flags.url, "The server's MCP endpoint")->required();

  Group probing(probe, "Probing");
  probing.Text("--protocol", "VERSION", flags.protocol, "MCP version to speak; auto finds out");
  probing.Text("--timeout", "DURATION", flags.timeout, "The probe ends by then");
  probing.Text("--output", "FORMAT", flags.output,
               "text for people, json for programs, manifest for --manifest-file");
  probing.Text("--color", "WHEN", flags.color, "auto, always or never; auto honours NO_COLOR");

  Group server(probe, "Expecting");
  server.Texts("--expect-tool", "NAME", flags.expect_tools, "Fail unless this tool is offered");
  server.Text("--manifest-file", "FILE", flags.manifest_file,
              "Fail unless the tools are as in this JSON result of tools/list");
  server.Text("--call", "TOOL", flags.call, "Call this tool: the canary");
  server.Text("--arguments", "JSON", flags.arguments, "The canary's arguments");
  server.Texts("--expect", "EXPECTATION", flags.expect, "What the canary's result must be");
  server.Text("--health-url", "URL", flags.health_url,
              "The server's own health endpoint, to compare");

  Group request(probe, "Asking");
  request.Texts("--header", "'NAME: VALUE'", flags.headers, "Sent along, Host too");
  request.Text("--bearer-token-file", "FILE", flags.bearer_token_file,
               "Holds the bearer token to send");
  request.Flag("--follow-redirects", flags.follow_redirects, "Never from https to http");

  Group connection(probe, "Connecting");
  connection.Text("--address", "IP", flags.address, "Connect here instead of what DNS says");
  connection.Text("--resolver", "SERVER", flags.resolver, "DNS server to ask");
  connection.Text("--ca-file", "FILE", flags.ca_file, "Trust these CAs instead of the system's");
  connection.Text("--cert-file", "FILE", flags.cert_file, "Client certificate");
  connection.Text("--key-file", "FILE", flags.key_file, "Its key");
  connection.Text("--server-name", "NAME", flags.server_name,
                  "Name to ask for and verify, instead of the URL's host");
  connection.Flag("--insecure-skip-verify", flags.insecure_skip_verify,
                  "Go on when the certificate does not verify");
  probe.callback([&] { status = ProbeCommand(flags); });
}

constexpr char kRunExamples[] =
    "The file is described in docs/configuration.md. It is read again when it changes, on SIGHUP, "
    "and\n"
    "on POST /-/reload to the admin listener; a bad new file leaves the old one in force.\n"
    "\n"
    "Examples:\n"
    "  mcp-vitals run --config mcp-vitals.yml\n"
    "  mcp-vitals run --config mcp-vitals.yml --check-config\n"
    "  mcp-vitals run --config mcp-vitals.yml --log-level debug --log-format json\n"
    "\n"
    "Exit status: 0 stopped by SIGTERM or SIGINT (or the file is good), 2 wrong usage or\n"
    "configuration.";

void AddRun(CLI::App& app, RunFlags& flags, int& status) {
  CLI::App& run =
      *app.add_subcommand("run", "Probe the servers of a file, and serve what was seen");
  run.footer(kRunExamples);
  Group group(run, "Options");
  group.Text("--config", "FILE", flags.config, "The configuration")->required();
  group.Flag("--check-config", flags.check_config, "Only check the file");
  group.Text("--log-level", "LEVEL", flags.log_level, "debug, info, warn or error");
  group.Text("--log-format", "FORMAT", flags.log_format, "logfmt or json");
  run.callback([&] { status = RunCommand(flags); });
}

constexpr char kDemoExamples[] =
    "Examples:\n"
    "  mcp-vitals demo\n"
    "  mcp-vitals demo --once\n"
    "\n"
    "Exit status: 0 the sample server was found healthy, 1 it was not.";

void AddDemo(CLI::App& app, bool& once, int& status) {
  CLI::App& demo = *app.add_subcommand("demo", "Show all of it against a built-in sample server");
  demo.footer(kDemoExamples);
  demo.add_flag("--once", once, "End after the first probe");
  demo.callback([&] { status = Demo(once); });
}

constexpr char kDrainExamples[] =
    "The preStop hook of the sidecar: begins a drain by its admin listener, and waits for the "
    "end.\n"
    "The server's own container waits with a preStop httpGet of /drain/wait.\n"
    "\n"
    "Examples:\n"
    "  mcp-vitals drain\n"
    "  mcp-vitals drain --admin 127.0.0.1:9790 --timeout 60s\n"
    "\n"
    "Exit status: 0 nothing was cut, 1 streams or calls were or it took too long, 2 wrong usage, "
    "or\n"
    "no sidecar with a proxy answers.";

void AddDrain(CLI::App& app, DrainFlags& flags, int& status) {
  CLI::App& drain = *app.add_subcommand("drain", "Let a sidecar's clients go before it ends");
  drain.footer(kDrainExamples);
  Group group(drain, "Options");
  group.Text("--admin", "ADDRESS", flags.admin, "The admin listener: unix:/path or address:port");
  group.Text("--timeout", "TIME", flags.timeout, "How long to wait for the end");
  drain.callback([&] { status = DrainCommand(flags); });
}

constexpr char kScalerExamples[] =
    "Examples:\n"
    "  mcp-vitals scaler get mcp-vitals-scaler.mcp.svc:9789 fleet=mcp-server\n"
    "  mcp-vitals scaler get --help\n"
    "\n"
    "Exit status: 0 there is an answer, 1 there is none, 2 wrong usage.";

constexpr char kScalerGetExamples[] =
    "Makes KEDA's calls (GetMetricSpec, GetMetrics, IsActive) for a trigger with that metadata.\n"
    "Keys are those of the trigger: fleet (needed), metric, kinds, connectionsPerPod,\n"
    "concurrencyPerPod, latencyTarget, latencyQuantile, tools, buffer, activation, hpaTolerance,\n"
    "activeHold. Give the same as in the ScaledObject: another trigger has a memory of its own.\n"
    "\n"
    "Examples:\n"
    "  mcp-vitals scaler get localhost:9789 fleet=mcp-server\n"
    "  mcp-vitals scaler get localhost:9789 fleet=mcp-server metric=connections "
    "connectionsPerPod=20\n"
    "  mcp-vitals scaler get scaler.mcp.svc:9789 --tls --ca-file ca.pem fleet=mcp-server "
    "--output json\n"
    "\n"
    "Exit status: 0 there is an answer, 1 the scaler is blind (UNAVAILABLE) or not reachable,\n"
    "2 wrong usage: no such fleet, or metadata that is refused.";

void AddScaler(CLI::App& app, ScalerGetFlags& flags, int& status) {
  CLI::App& scaler = *app.add_subcommand("scaler", "Ask a scaler, as KEDA does");
  scaler.footer(kScalerExamples);
  scaler.require_subcommand(1);
  CLI::App& get = *scaler.add_subcommand("get", "What KEDA would get from a scaler, and why");
  get.footer(kScalerGetExamples);
  get.add_option("ADDRESS", flags.address, "The scaler's address and port")->required();
  get.add_option("METADATA", flags.metadata, "The trigger's metadata; fleet=NAME is needed")
      ->type_name("KEY=VALUE");
  Group asking(get, "Asking");
  asking.Text("--timeout", "DURATION", flags.timeout, "All is answered by then");
  asking.Text("--output", "FORMAT", flags.output, "text for people, json for programs");
  Group connection(get, "Connecting");
  connection.Flag("--tls", flags.tls, "Speak TLS, as with enableTLS");
  connection.Text("--ca-file", "FILE", flags.ca_file, "Trust these CAs instead of the system's");
  connection.Text("--cert-file", "FILE", flags.cert_file, "Client certificate");
  connection.Text("--key-file", "FILE", flags.key_file, "Its key");
  get.callback([&] { status = ScalerGetCommand(flags); });
}

// A first word that is no command gets an error that says so.
bool IsCommand(const CLI::App& app, const std::string& word) {
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
  if (std::find(commands.begin(), commands.end(), word) != commands.end()) return true;
  std::fprintf(stderr, "mcp-vitals: %s is no command%s (allowed: %s)\n", Quote(word).c_str(),
               Suggestion(word, commands).c_str(), Join(commands).c_str());
  return false;
}

// An option that nobody knows takes the next word for something else, which is not to be blamed.
int UnknownOption(CLI::App& app, const CLI::ExtrasError& error) {
  const std::vector<std::string> words = app.remaining(true);
  const auto option = std::find_if(words.begin(), words.end(),
                                   [](const std::string& word) { return word.starts_with('-'); });
  if (option == words.end()) {
    app.exit(error);
    return 2;
  }
  std::vector<std::string> known;
  const CLI::App* command = &app;
  std::string path;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    path += command->get_name() + " ";
  }
  for (const CLI::Option* one : command->get_options()) known.push_back(one->get_name());
  std::fprintf(stderr, "mcp-vitals: %s is no option%s (see mcp-vitals %s--help)\n",
               Quote(*option).c_str(), Suggestion(*option, known).c_str(), path.c_str());
  return 2;
}

}  // namespace

int RunCommandLine(int argc, const char* const* argv) {
  CLI::App app("Sees an MCP server as its clients do, and tells Prometheus.", "mcp-vitals");
  app.set_version_flag("--version", std::string("mcp-vitals ") + kVersion);
  app.require_subcommand(1);
  app.footer(kExamples);
  int status = 0;
  RunFlags run;
  ProbeFlags probe;
  DrainFlags drain;
  ScalerGetFlags scaler_get;
  bool once = false;
  AddRun(app, run, status);
  AddProbe(app, probe, status);
  AddDrain(app, drain, status);
  AddScaler(app, scaler_get, status);
  AddDemo(app, once, status);
  if (argc > 1 && argv[1][0] != '-' && !IsCommand(app, argv[1])) return 2;
  // A peer that goes away is an error of that connection, not the program's end.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& error) {
    return UnknownOption(app, error);
  } catch (const CLI::ParseError& error) {
    // Help and version are "errors" that succeed.
    return app.exit(error) == 0 ? 0 : 2;
  }
  return status;
}

}  // namespace mcp_vitals::app
