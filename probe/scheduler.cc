#include "probe/scheduler.h"

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "net/async.h"

namespace mcp_vitals::probe {

namespace {

// Probes start together with those that are due in the same tick: while its code and data are in
// the caches, a probe of many costs half of what one does alone.
using Tick = std::chrono::duration<std::int64_t, std::deci>;

std::uint64_t RandomSeed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

// Probe catches what a step throws; what comes here is a lack of memory and the like.
vitals::ProbeResult Broken(const Target& target) {
  vitals::ProbeResult result;
  result.target = target.name;
  result.started = std::chrono::system_clock::now();
  result.reason = vitals::Reason::kInternal;
  result.phase = vitals::Phase::kResolve;
  result.detail = "the prober itself failed";
  return result;
}

}  // namespace

struct Scheduler::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& c, Prober& p, OnResult r)
      : context(c),
        prober(p),
        on_result(std::move(r)),
        plan(RandomSeed()),
        timer(c.get_executor()) {}

  struct Known {
    std::shared_ptr<const Target> target;
    std::string manifest_digest;  // of the last probe that listed the tools
  };

  // Starts what is due, and sleeps until something is.
  void Pump();
  void Sleep();
  void Start(std::shared_ptr<const Target> target);
  void OnProbed(const Target& probed, vitals::ProbeResult result);
  void MarkSchemaChange(Known& known, vitals::ProbeResult& result);

  boost::asio::io_context& context;
  Prober& prober;
  OnResult on_result;  // empty once the scheduler is gone
  Plan plan;
  std::map<std::string, Known> targets;
  net::Timer timer;
  std::optional<net::Deadline> wakes_at;
  bool stopping = false;
  std::function<void()> on_stopped;
};

void Scheduler::Impl::Pump() {
  if (stopping) {
    timer.cancel();
    if (plan.under_way() == 0 && on_stopped) std::exchange(on_stopped, nullptr)();
    return;
  }
  for (const std::string& name : plan.Due(net::Clock::now())) Start(targets.at(name).target);
  Sleep();
}

void Scheduler::Impl::Sleep() {
  const auto next = plan.NextWake();
  if (!next) return;
  const net::Deadline tick = std::chrono::ceil<Tick>(*next);
  if (wakes_at && *wakes_at <= tick) return;
  wakes_at = tick;
  timer.expires_at(tick);
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto impl = weak.lock();
    if (error || !impl) return;
    impl->wakes_at.reset();
    impl->Pump();
  });
}

void Scheduler::Impl::Start(std::shared_ptr<const Target> target) {
  const net::Deadline deadline = net::Clock::now() + target->timeout;
  boost::asio::co_spawn(
      context, Probe(prober, target, deadline),
      [self = shared_from_this(), target](std::exception_ptr error, vitals::ProbeResult result) {
        self->OnProbed(*target, error ? Broken(*target) : std::move(result));
      });
}

void Scheduler::Impl::OnProbed(const Target& probed, vitals::ProbeResult result) {
  plan.Finished(probed.name, result.success, net::Clock::now());
  const auto known = targets.find(probed.name);
  // What was found at the URL that the target had before says nothing of the one it has now.
  if (known != targets.end() && probed.endpoint() == known->second.target->endpoint()) {
    MarkSchemaChange(known->second, result);
    if (on_result) on_result(std::move(result));
  }
  Pump();
}

void Scheduler::Impl::MarkSchemaChange(Known& known, vitals::ProbeResult& result) {
  if (result.manifest_digest.empty()) return;
  const bool changed =
      !known.manifest_digest.empty() && known.manifest_digest != result.manifest_digest;
  if (changed && !known.target->expect_manifest && !result.schema_change) {
    result.schema_change = vitals::SchemaSeverity::kUnclassified;
  }
  known.manifest_digest = result.manifest_digest;
}

Scheduler::Scheduler(boost::asio::io_context& context, Prober& prober, OnResult on_result)
    : impl_(std::make_shared<Impl>(context, prober, std::move(on_result))) {}

Scheduler::~Scheduler() {
  impl_->on_result = nullptr;
  impl_->on_stopped = nullptr;
  impl_->stopping = true;
  impl_->timer.cancel();
}

void Scheduler::Configure(Schedule schedule, std::vector<std::shared_ptr<const Target>> targets) {
  std::map<std::string, Impl::Known> next;
  std::vector<std::string> names;
  names.reserve(targets.size());
  for (auto& target : targets) {
    const auto known = impl_->targets.find(target->name);
    // Another endpoint by the same name has tools of its own.
    const bool is_known = known != impl_->targets.end();
    const bool same = is_known && known->second.target->endpoint() == target->endpoint();
    if (is_known && !same) impl_->plan.Restart(target->name, net::Clock::now());
    names.push_back(target->name);
    std::string digest = same ? std::move(known->second.manifest_digest) : std::string();
    next.try_emplace(names.back(), Impl::Known{std::move(target), std::move(digest)});
  }
  impl_->targets = std::move(next);
  impl_->plan.Configure(schedule, names, net::Clock::now());
  impl_->Pump();
}

void Scheduler::Stop(std::function<void()> done) {
  impl_->stopping = true;
  impl_->on_stopped = std::move(done);
  impl_->on_result = nullptr;
  impl_->prober.Interrupt();
  impl_->Pump();
}

}  // namespace mcp_vitals::probe
