#include "app/demo.h"

#include <cstdio>
#include <string>

#include "app/probe_once.h"
#include "app/sample_server.h"
#include "app/sidecar.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "app/waterfall.h"

namespace mcp_vitals::app {

namespace {

constexpr char kPort[] = "9788";

// The sample server in both eras, each with a canary.
std::string DemoConfig(const std::string& port, const SampleServer& server) {
  const std::string base = server.url();
  const std::string health = base.substr(0, base.rfind('/')) + "/health";
  return "http: {listen: '127.0.0.1:" + port + "'}\n" +
         "admin: {listen: '127.0.0.1:0'}\n"
         "probe:\n"
         "  interval: 5s\n"
         "  vantage: demo\n"
         "  targets:\n"
         "    - name: modern\n"
         "      url: " +
         base +
         "\n"
         "      health_url: " +
         health +
         "\n"
         "      canary: &canary\n"
         "        tool: add\n"
         "        arguments: {a: 19, b: 23}\n"
         "        expect: {json: [{pointer: /structuredContent/sum, equals: 42}]}\n"
         "    - name: legacy\n"
         "      url: " +
         base +
         "\n"
         "      protocol: 2025-11-25\n"
         "      canary: *canary\n"
         "  modules:\n"
         "    default: {allowed_hosts: [127.0.0.1]}\n";
}

std::unique_ptr<Sidecar> StartSidecar(const SampleServer& server, const Log& log,
                                      std::shared_ptr<const probe::Target>& shown,
                                      std::string& error) {
  for (const char* port : {kPort, "0"}) {
    const LoadedConfig loaded = ParseConfig(DemoConfig(port, server), "demo");
    if (!loaded.config) {
      error = loaded.errors.front();
      return nullptr;
    }
    shown = loaded.config->targets.front();
    if (auto sidecar = Sidecar::Start(loaded.config, log, error)) return sidecar;
  }
  return nullptr;
}

}  // namespace

int Demo(bool once) {
  const Signals signals;
  const Log log(StandardError(), Log::Level::kError, LogFormat::kLogfmt);
  std::string error;
  const auto server = SampleServer::Start(SampleOptions(), error);
  std::shared_ptr<const probe::Target> target;
  const auto sidecar = server == nullptr ? nullptr : StartSidecar(*server, log, target, error);
  if (sidecar == nullptr) {
    std::fprintf(stderr, "mcp-vitals demo: %s\n", error.c_str());
    return 1;
  }
  const vitals::ProbeResult result = ProbeOnce(target);
  const std::string url = sidecar->url();
  std::printf("%s\nMetrics  %s/metrics\nStatus   %s/\nProbe    %s/probe?target=%s\n",
              Waterfall(result, TerminalStyle(Colour::kAuto)).c_str(), url.c_str(), url.c_str(),
              url.c_str(), server->url().c_str());
  if (!once) std::printf("Probing a sample server every 5 s; Ctrl-C ends it.\n");
  std::fflush(stdout);
  if (!once) signals.Wait();
  signals.Release();
  return result.success ? 0 : 1;
}

}  // namespace mcp_vitals::app
