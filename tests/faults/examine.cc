#include "tests/faults/examine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "net/url.h"
#include "probe/prober.h"
#include "tests/support/run.h"

namespace mcp_vitals::faults {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kSlack = 10s;  // for a busy machine and sanitizers

mcp::Version VersionOf(Wire wire) {
  switch (wire) {
    case Wire::kModernJson:
    case Wire::kModernSse:
      return mcp::Version::k20260728;
    case Wire::kLegacyJson:
    case Wire::kLegacySse:
      return mcp::Version::k20251125;
    case Wire::kHttpSse:
      break;
  }
  return mcp::Version::k20241105;
}

// Whether a thread of this process is there and not on its way out: a thread that has been joined
// stays listed in /proc until the kernel is done with it, which a busy machine can put off. As
// proc(5) has it, `flags` is the seventh word behind the name's parenthesis.
bool IsAlive(const fs::path& task) {
  constexpr unsigned kExiting = 0x4;  // PF_EXITING of linux/sched.h
  std::ifstream file(task / "stat");
  std::string line, word;
  if (!std::getline(file, line)) return false;  // gone meanwhile
  std::istringstream words(line.substr(line.rfind(')') + 1));
  for (int i = 0; i < 6; ++i) words >> word;
  unsigned flags = kExiting;
  words >> flags;
  return (flags & kExiting) == 0;
}

}  // namespace

Belongings Belongings::Now() {
  // ThreadSanitizer starts a thread of its own with the program's first one.
  static const bool started = (std::thread([] {}).join(), true);
  static_cast<void>(started);
  Belongings now;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code closed_meanwhile;
    const std::string link = fs::read_symlink(entry.path(), closed_meanwhile).string();
    if (link.starts_with("socket:")) ++now.sockets;
  }
  for (const auto& entry : fs::directory_iterator("/proc/self/task")) {
    if (IsAlive(entry.path())) ++now.threads;
  }
  EXPECT_GT(now.threads, 0);
  return now;
}

bool Becomes(const std::function<bool()>& condition) {
  const auto end = net::Clock::now() + kSlack;
  while (!condition()) {
    if (net::Clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

const support::Authority& TestAuthority() {
  static const support::Authority authority;
  return authority;
}

std::shared_ptr<SSL_CTX> TlsServer() {
  static const auto server = support::MakeTlsServer(TestAuthority().Issue({}));
  return server;
}

std::shared_ptr<net::TlsContext> TlsClient() {
  static const auto client = [] {
    const support::TempDir dir;
    net::TlsConfig config;
    config.ca_file = dir.Write("ca.pem", TestAuthority().Pem());
    std::string error;
    auto made = net::TlsContext::Make(config, error);
    EXPECT_TRUE(made) << error;
    return made;
  }();
  return client;
}

std::shared_ptr<probe::Target> MakeTarget(const std::string& url, Wire wire) {
  auto target = std::make_shared<probe::Target>();
  target->name = "fake";
  target->url = *net::ParseUrl(url);
  target->protocol = VersionOf(wire);
  target->max_answer_bytes = 256 * 1024;
  target->canary = probe::Canary{"add", R"({"a":1,"b":2})", {}};
  if (target->url.https) target->tls = TlsClient();
  return target;
}

vitals::ProbeResult Examine(std::shared_ptr<const probe::Target> target, Limits limits) {
  net::asio::io_context context(1);
  probe::Prober prober;
  prober.client_version = "0";
  prober.cleanup_timeout = limits.cleanup;
  const auto began = net::Clock::now();
  auto result = support::Await(
      context, probe::Probe(prober, std::move(target), support::In(limits.deadline)));
  EXPECT_LT(net::Clock::now() - began, limits.deadline + limits.cleanup + kSlack);
  EXPECT_EQ(result.success, !result.reason);
  EXPECT_EQ(result.reason.has_value(), result.phase.has_value());
  context.restart();
  context.run_for(1s);
  EXPECT_TRUE(context.stopped()) << "the probe left something waiting";
  return result;
}

std::string Outcome(const vitals::ProbeResult& result) {
  if (result.success) return result.session_closed() ? "ok" : "open";
  return std::string(ToString(*result.reason)) + " in " + std::string(ToString(*result.phase));
}

}  // namespace mcp_vitals::faults
