#include "app/demo.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/probe_once.h"
#include "app/sample_clients.h"
#include "app/sample_server.h"
#include "app/sidecar.h"
#include "app/signals.h"
#include "app/terminal.h"
#include "app/waterfall.h"
#include "mcp/methods.h"
#include "net/listen.h"

namespace mcp_vitals::app {

namespace {

constexpr auto kArrival = std::chrono::seconds(10);  // of the clients, on a busy machine
constexpr int kTries = 5;                            // to find ports that nobody has

struct Ports {
  std::string pages = "9788";
  std::string proxy = "9786";
};

// A port that nobody has now: the configuration must name it, since probes go there.
std::string FreePort() {
  boost::asio::io_context context(1);
  net::TcpAcceptor acceptor(context.get_executor());
  std::string error;
  if (!net::Listen(acceptor, "127.0.0.1:0", error)) return "0";
  return std::to_string(acceptor.local_endpoint().port());
}

// The proxy before the sample server, and probes in both eras through it, each with a canary.
std::string DemoConfig(const Ports& ports, const SampleServer& server) {
  const std::string direct = server.url().substr(0, server.url().rfind('/'));
  const std::string proxied = "http://127.0.0.1:" + ports.proxy + "/mcp";
  return "http: {listen: '127.0.0.1:" + ports.pages + "'}\n" +
         "admin: {listen: '127.0.0.1:0'}\n"
         "proxy:\n"
         "  server: sample\n"
         "  listen: '127.0.0.1:" +
         ports.proxy +
         "'\n"
         "  upstream: " +
         direct +
         "\n"
         "probe:\n"
         "  interval: 5s\n"
         "  vantage: demo\n"
         "  targets:\n"
         "    - name: modern\n"
         "      url: " +
         proxied +
         "\n"
         "      health_url: " +
         direct +
         "/health\n"
         "      canary: &canary\n"
         "        tool: add\n"
         "        arguments: {a: 19, b: 23}\n"
         "        expect: {json: [{pointer: /structuredContent/sum, equals: 42}]}\n"
         "    - name: legacy\n"
         "      url: " +
         proxied +
         "\n"
         "      protocol: 2025-11-25\n"
         "      canary: *canary\n"
         "  modules:\n"
         "    default: {allowed_hosts: [127.0.0.1]}\n";
}

std::unique_ptr<Sidecar> StartSidecar(const SampleServer& server, const Log& log,
                                      std::shared_ptr<const probe::Target>& shown,
                                      std::string& error) {
  Ports ports;
  for (int i = 0; i < kTries; ++i) {
    const LoadedConfig loaded = ParseConfig(DemoConfig(ports, server), "demo");
    if (!loaded.config) {
      error = loaded.errors.front();
      return nullptr;
    }
    shown = loaded.config->targets.front();
    if (auto sidecar = Sidecar::Start(loaded.config, log, error)) return sidecar;
    if (error.find("proxy.listen: ") != std::string::npos) {
      ports.proxy = FreePort();
    } else {
      ports.pages = "0";
    }
  }
  return nullptr;
}

// A label and its value.
using Lines = std::vector<std::pair<std::string, std::string>>;

void AddNumbers(const vitals::ServerVitals& seen, Lines& lines) {
  std::uint64_t live = 0;
  std::string kinds;
  for (std::size_t i = 0; i < vitals::kStreamKindCount; ++i) {
    const auto kind = static_cast<vitals::StreamKind>(i);
    const std::uint64_t of_kind = seen.of(kind).live;
    if (of_kind == 0) continue;
    live += of_kind;
    kinds += kinds.empty() ? ": " : ", ";
    kinds += std::to_string(of_kind) + " " + std::string(ToString(kind));
  }
  std::uint64_t good = 0;
  std::uint64_t bad = 0;
  for (const auto& [key, histogram] : seen.operations) {
    if (key.method != mcp::kToolsCall) continue;
    (key.outcome == vitals::Outcome::kOk ? good : bad) += histogram.count();
  }
  lines.emplace_back("Streams", std::to_string(live) + " live" + kinds);
  lines.emplace_back("Sessions", std::to_string(seen.sessions.live) + " alive");
  lines.emplace_back("Calls", std::to_string(good + bad) + " of tools until now: " +
                                  std::to_string(good) + " good, " + std::to_string(bad) + " bad");
}

void Show(const vitals::ProbeResult& result, const Lines& lines) {
  std::printf("%s\n", Waterfall(result, TerminalStyle(Colour::kAuto)).c_str());
  for (const auto& [label, value] : lines) std::printf("%-8s %s\n", label.c_str(), value.c_str());
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
  const std::string mcp = sidecar->proxy_url() + "/mcp";
  const SampleClients clients(mcp);
  clients.WaitUntilAllAreThere(kArrival);
  Lines lines;
  if (const auto seen = sidecar->Snapshot()) AddNumbers(*seen, lines);
  const vitals::ProbeResult result = ProbeOnce(target, nullptr, sidecar->probe_token());
  const std::string pages = sidecar->url();
  lines.emplace_back("Status", pages + "/");
  lines.emplace_back("Metrics", pages + "/metrics");
  lines.emplace_back("Proxy", mcp);
  lines.emplace_back("Probe", pages + "/probe?target=" + mcp);
  Show(result, lines);
  if (!once) {
    std::printf("%d users call a sample server through the proxy; Ctrl-C ends it.\n",
                static_cast<int>(clients.tally().users));
  }
  std::fflush(stdout);
  if (!once) signals.Wait();
  signals.Release();
  return result.success ? 0 : 1;
}

}  // namespace mcp_vitals::app
