#include "probe/prober.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <utility>

#include "probe/cleanup.h"
#include "probe/handshake.h"
#include "probe/health_check.h"
#include "probe/run.h"
#include "probe/tools.h"

namespace mcp_vitals::probe {

namespace {

using vitals::Reason;

constexpr std::size_t kMaxCredentials = 64 * 1024;

// A regular file's content, or the beginning of it; "" when it cannot be read. Nothing that would
// be waited for (a FIFO) is opened.
std::string ReadSmallFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return {};
  struct stat status{};
  std::string text(kMaxCredentials, '\0');
  const bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const ssize_t got = regular ? ::read(fd, text.data(), text.size()) : 0;
  ::close(fd);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return text;
}

// The header's value from the target's file, read anew each time since tokens rotate.
bool ReadCredentials(Run& run) {
  const Target& target = *run.target;
  if (target.credentials_file.empty()) return true;
  std::string text = ReadSmallFile(target.credentials_file);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  if (text.empty()) {
    run.Fail({Reason::kInternal,
              "the credentials file " + target.credentials_file + " cannot be read or is empty",
              ""});
    return false;
  }
  run.authorization = target.credentials_type + " " + text;
  return true;
}

net::Task<std::optional<Greeted>> Greet(Run& run, mcp::Version version, Dialect dialect) {
  if (dialect.era == mcp::Era::kModern) co_return co_await GreetModern(run);
  if (dialect.transport == mcp::Transport::kHttpSse) co_return co_await GreetHttpSse(run, version);
  co_return co_await GreetLegacy(run, version);
}

Dialect DialectOf(mcp::Version version) {
  return {EraOf(version), version == mcp::Version::k20241105 ? mcp::Transport::kHttpSse
                                                             : mcp::Transport::kStreamableHttp};
}

// Failures that a server which now speaks otherwise would give.
bool MayBeOtherDialect(const vitals::ProbeResult& result) {
  switch (*result.reason) {
    case Reason::kHttpError:
    case Reason::kNotMcp:
    case Reason::kProtocolError:
    case Reason::kVersionMismatch:
    case Reason::kSessionError:
    case Reason::kInitError:
      return true;
    default:
      return false;
  }
}

std::string EndpointKey(const Target& target) { return target.url.ToString() + target.address; }

net::Task<std::optional<Greeted>> GreetSomehow(Run& run) {
  const Target& target = *run.target;
  if (target.protocol) co_return co_await Greet(run, *target.protocol, DialectOf(*target.protocol));
  const std::string key = EndpointKey(target);
  if (const auto known = run.prober.eras.Find(key)) {
    auto greeted = co_await Greet(run, mcp::kNewestLegacy, *known);
    if (greeted || !MayBeOtherDialect(run.result)) co_return greeted;
    run.prober.eras.Forget(key);
    if (run.session) run.strays.push_back(*std::exchange(run.session, std::nullopt));
    run.http.reset();
    run.url = target.url;
    run.Forgive();
    run.known_mcp = false;
  }
  auto greeted = co_await Detect(run);
  if (greeted) run.prober.eras.Remember(key, greeted->dialect);
  co_return greeted;
}

net::Task<void> Examine(Run& run, std::optional<Greeted>& greeted) {
  if (!ReadCredentials(run)) co_return;
  greeted = co_await GreetSomehow(run);
  if (!greeted) co_return;
  std::vector<mcp::Tool> tools;
  if (!co_await ListTools(run, *greeted->channel, greeted->version, tools)) co_return;
  co_await CallCanary(run, *greeted->channel, greeted->version, tools);
}

net::Task<void> ExamineSafely(Run& run, std::optional<Greeted>& greeted) {
  try {
    co_await Examine(run, greeted);
  } catch (const std::exception& bug) {
    run.Fail({Reason::kInternal, std::string("unexpected: ") + bug.what(), ""});
  }
}

// Green health and a bad canary is a finding of its own.
void Compare(vitals::ProbeResult& result, int health_status) {
  result.health_status = health_status;
  if (!result.health_contradicts()) return;
  result.detail += "; yet its health endpoint answers " + std::to_string(health_status);
}

}  // namespace

void Prober::Interrupt() {
  interrupted = true;
  for (Run* run : runs) run->Interrupt();
}

net::Task<vitals::ProbeResult> Probe(Prober& prober, std::shared_ptr<const Target> target,
                                     net::Deadline deadline, Verdict verdict) {
  const net::Clock::time_point began = net::Clock::now();
  std::shared_ptr<HealthCheck> health;
  if (target->health_url) {
    const net::Executor executor = co_await net::asio::this_coro::executor;
    health = HealthCheck::Start(executor, target, prober, deadline);
  }
  Run run(prober, std::move(target), deadline);
  std::optional<Greeted> greeted;  // an event stream stays open until its call is cancelled
  co_await ExamineSafely(run, greeted);
  run.Leave();
  run.result.duration = net::Clock::now() - began;
  run.result.success = !run.failed();
  if (verdict) {
    vitals::ProbeResult so_far = run.result;
    so_far.session_closed = !run.session && run.strays.empty();
    verdict(so_far);
  }
  co_await EndSession(run);
  if (health) Compare(run.result, co_await health->Status());
  co_return std::move(run.result);
}

}  // namespace mcp_vitals::probe
