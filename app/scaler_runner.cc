#include "app/scaler_runner.h"

#include <random>
#include <utility>

#include "app/scaler_vitals.h"
#include "app/version.h"

namespace mcp_vitals::app {

namespace {

// A stream that opens is in the next answer within this, beside the second between two looks.
constexpr auto kTick = std::chrono::milliseconds(250);

std::uint64_t RandomNumber() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

std::map<std::string, scaler::Metadata> FleetsOf(const ScalerConfig& config) {
  std::map<std::string, scaler::Metadata> fleets;
  for (const FleetConfig& fleet : config.fleets) fleets[fleet.name] = fleet.defaults;
  return fleets;
}

}  // namespace

ScalerRunner::ScalerRunner(const ScalerConfig& config, const Log& log)
    : log_(log),
      board_(FleetsOf(config), RandomNumber()),
      service_(board_),
      timer_(loop_.context().get_executor()) {}

std::unique_ptr<ScalerRunner> ScalerRunner::Start(const ScalerConfig& config,
                                                  scaler::FleetPoll::Self self, const Log& log,
                                                  std::string& error) {
  std::unique_ptr<ScalerRunner> runner(new ScalerRunner(config, log));
  runner->server_ = scaler::Server::Start(config.server, runner->service_, error);
  if (runner->server_ == nullptr) return nullptr;
  for (const FleetConfig& fleet : config.fleets) {
    const std::string agent = std::string("mcp-vitals/") + kVersion;
    if (fleet.prometheus) {
      runner->prometheus_polls_.push_back(std::make_unique<scaler::PrometheusPoll>(
          runner->loop_.context(), fleet.name, fleet.prometheus, agent, runner->board_));
      continue;
    }
    runner->polls_.push_back(std::make_unique<scaler::FleetPoll>(
        runner->loop_.context(), fleet.name, fleet.members, agent, runner->board_, self));
  }
  runner->loop_.Post([scaler = runner.get()] { scaler->Tick(); });
  runner->loop_.Start();
  return runner;
}

ScalerRunner::~ScalerRunner() {
  if (server_) server_->Stop();
  loop_.Post([this] {
    is_stopped_ = true;
    timer_.cancel();
    polls_.clear();
    prometheus_polls_.clear();
  });
  loop_.Finish();
}

vitals::ScalerVitals ScalerRunner::Vitals() const { return VitalsOf(board_.Report(), service_); }

void ScalerRunner::Tick() {
  if (is_stopped_) return;
  const auto now = scaler::Clock::now();
  board_.Tick(now);
  service_.Tick(now);
  LogChanges();
  timer_.expires_after(kTick);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) Tick();
  });
}

void ScalerRunner::LogChanges() {
  for (const scaler::FleetReport& fleet : board_.Report()) {
    for (const scaler::TriggerReport& trigger : fleet.triggers) {
      const std::string metric(ToString(trigger.policy.metric));
      const auto* blind = std::get_if<scaler::Blind>(&trigger.last.answer);
      const std::string why = blind == nullptr ? "" : blind->why;
      std::string& before = blind_[scaler::KeyOf(trigger.policy)];
      if (before.empty() != why.empty()) {
        if (blind != nullptr) {
          log_.Warn("blind: KEDA gets an error, and the fleet stays as it is",
                    {{"fleet", fleet.fleet}, {"metric", metric}, {"detail", why}});
        } else {
          log_.Info("seeing again", {{"fleet", fleet.fleet}, {"metric", metric}});
        }
      }
      before = why;
    }
  }
}

}  // namespace mcp_vitals::app
