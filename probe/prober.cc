#include "probe/prober.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
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

// A regular file's content; "" when it cannot be read or is too large. Nothing that would
// be waited for (a FIFO) is opened.
std::string ReadSmallFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return {};
  struct stat status{};
  std::string text(kMaxCredentials, '\0');
  const bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                       status.st_size <= static_cast<off_t>(kMaxCredentials);
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
              "the credentials file " + target.credentials_file +
                  " cannot be read, is empty or has over 64 KiB",
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

// Failures that a server which now speaks otherwise would give: some do not answer, or hang up on
// what they do not know.
bool MayBeOtherDialect(const vitals::ProbeResult& result) {
  if (*result.phase < vitals::Phase::kDiscover) return false;
  switch (*result.reason) {
    case Reason::kTimeout:
    case Reason::kConnectionError:
    case Reason::kStreamCut:
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

net::Task<std::optional<Greeted>> GreetSomehow(Run& run) {
  const Target& target = *run.target;
  if (target.protocol) co_return co_await Greet(run, *target.protocol, DialectOf(*target.protocol));
  const std::string key = target.endpoint();
  const auto known = run.prober.eras.Find(key);
  std::optional<Recorded> failure;
  if (known) {
    auto greeted = co_await Greet(run, mcp::kNewestLegacy, *known);
    if (greeted || !MayBeOtherDialect(run.result)) co_return greeted;
    run.prober.eras.Forget(key);
    // No time is left to find out: the next probe will.
    if (run.result.reason == Reason::kTimeout) co_return std::nullopt;
    failure = run.StartOver();
  }
  auto greeted = co_await Detect(run);
  if (!greeted) co_return std::nullopt;
  if (greeted->is_sure) {
    run.prober.eras.Remember(key, greeted->dialect);
  } else {
    run.prober.eras.Suspect(key, greeted->dialect);
  }
  // A server that speaks as it did, and failed once, has failed; so has one that only seems to
  // speak another dialect, since it was silent in its own.
  if (failure && (greeted->dialect == *known || !greeted->is_sure)) {
    run.Restore(std::move(*failure));
    co_return std::nullopt;
  }
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
net::Task<void> Compare(vitals::ProbeResult& result, HealthCheck& health) {
  result.health_status = co_await health.Status();
  if (!result.health_contradicts()) co_return;
  result.detail += "; yet its health endpoint answers " + std::to_string(*result.health_status);
}

// A signal by which the prober can end what waits, for as long as this lives.
class Registered {
 public:
  explicit Registered(Prober& prober) : prober_(prober) { prober_.under_way.insert(&signal_); }
  ~Registered() { prober_.under_way.erase(&signal_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  net::asio::cancellation_slot slot() { return signal_.slot(); }

 private:
  Prober& prober_;
  net::asio::cancellation_signal signal_;
};

// Awaits `work`, which Prober::Interrupt ends: what it waits for fails, and waiting again throws.
net::Task<void> Interruptibly(Prober& prober, net::Task<void> work) {
  if (prober.interrupted) co_return;
  const net::Executor executor = co_await net::asio::this_coro::executor;
  Registered registered(prober);
  co_await net::asio::co_spawn(executor, std::move(work),
                               net::asio::bind_cancellation_slot(registered.slot(), net::kUseTask));
}

}  // namespace

void Prober::Interrupt() {
  interrupted = true;
  for (auto* signal : under_way) signal->emit(net::asio::cancellation_type::terminal);
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
  co_await Interruptibly(prober, ExamineSafely(run, greeted));
  run.Leave();
  run.result.duration = net::Clock::now() - began;
  run.result.success = !run.failed();
  if (verdict) {
    vitals::ProbeResult so_far = run.result;
    so_far.sessions_left_open = run.strays.size() + (run.session ? 1 : 0);
    verdict(so_far);
  }
  co_await EndSession(run);
  if (health) co_await Interruptibly(prober, Compare(run.result, *health));
  if (health) health->Stop();
  co_return std::move(run.result);
}

}  // namespace mcp_vitals::probe
