#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "app/sample_server.h"

namespace {

using mcp_vitals::app::SampleOptions;
using mcp_vitals::app::SampleServer;

// Serves until SIGTERM or SIGINT, then tells what became of the sessions.
int Serve(const SampleOptions& options) {
  // Blocked before any thread exists, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  std::string error;
  const auto server = SampleServer::Start(options, error);
  if (server == nullptr) {
    std::fprintf(stderr, "sample-server: --port: %s\n", error.c_str());
    return 2;
  }
  std::printf("listening on 127.0.0.1:%u\n", static_cast<unsigned>(server->port()));
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  const auto sessions = server->sessions();
  std::printf("sessions opened=%llu closed=%llu live=%llu\n",
              static_cast<unsigned long long>(sessions.opened),
              static_cast<unsigned long long>(sessions.closed),
              static_cast<unsigned long long>(sessions.live));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A small MCP server on loopback, for tests and benchmarks", "sample-server");
  SampleOptions options;
  std::string era = "both";
  std::string answer = "json";
  app.add_option("--port", options.port, "0 takes a free one")->capture_default_str();
  app.add_option("--era", era, "legacy, modern or both")
      ->check(CLI::IsMember({"legacy", "modern", "both"}))
      ->capture_default_str();
  app.add_option("--answer", answer, "json or sse")
      ->check(CLI::IsMember({"json", "sse"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.legacy = era != "modern";
  options.modern = era != "legacy";
  options.sse = answer == "sse";
  return Serve(options);
}
