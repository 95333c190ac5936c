#include "app/proxy_runner.h"

#include <chrono>
#include <future>
#include <utility>

namespace mcp_vitals::app {

std::unique_ptr<ProxyRunner> ProxyRunner::Start(const ProxyConfig& config,
                                                const std::string& probe_token, const Log& log,
                                                std::string& error) {
  std::unique_ptr<ProxyRunner> runner(new ProxyRunner(config.server));
  proxy::Settings settings = config.settings;
  settings.probe_token = probe_token;
  settings.log = [&log](std::string_view line) { log.Warn("proxy", {{"detail", line}}); };
  runner->proxy_ = proxy::Proxy::Start(runner->loop_.context(), std::move(settings), error);
  if (runner->proxy_ == nullptr) return nullptr;
  if (config.access_log) {
    runner->access_log_ = std::make_unique<AccessLog>(log, *config.access_log);
    runner->proxy_->SetRecorder(
        [access_log = runner->access_log_.get()](const proxy::OperationRecord& record) {
          access_log->Write(record);
        });
  }
  runner->loop_.Start();
  return runner;
}

ProxyRunner::~ProxyRunner() {
  if (proxy_) loop_.Post([this] { proxy_->Stop(); });
  loop_.Finish();
}

std::shared_ptr<const vitals::ServerVitals> ProxyRunner::Snapshot() {
  using Vitals = std::shared_ptr<const vitals::ServerVitals>;
  const auto taken = std::make_shared<std::promise<Vitals>>();
  auto snapshot = taken->get_future();
  loop_.Post([this, taken] {
    auto vitals = std::make_shared<vitals::ServerVitals>(proxy_->Snapshot());
    if (access_log_) vitals->lost_log_lines = access_log_->lost();
    taken->set_value(std::move(vitals));
  });
  if (snapshot.wait_for(std::chrono::seconds(1)) != std::future_status::ready) return nullptr;
  return snapshot.get();
}

bool ProxyRunner::is_drained() {
  const auto server = Snapshot();
  return server != nullptr && server->drain == vitals::DrainState::kDrained;
}

}  // namespace mcp_vitals::app
