#include "app/sidecar.h"

#include <malloc.h>

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <future>
#include <mutex>
#include <random>
#include <utility>

#include "app/config_watch.h"
#include "app/connection_count.h"
#include "app/did_you_mean.h"
#include "app/drain_pages.h"
#include "app/loop.h"
#include "app/member.h"
#include "app/pages.h"
#include "app/proxy_runner.h"
#include "app/restart_keys.h"
#include "app/saturation_runner.h"
#include "app/scaler_runner.h"
#include "app/transitions.h"
#include "app/values.h"
#include "app/version.h"
#include "exporter/admin_listener.h"
#include "exporter/server.h"
#include "net/resolver.h"
#include "probe/scheduler.h"

namespace mcp_vitals::app {

namespace {

std::string RandomToken() {
  std::random_device device;
  return std::to_string((std::uint64_t{device()} << 32) | device());
}

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool SharesOurNetwork(const probe::Target& target) {
  const std::string& host = target.address.empty() ? target.url.host : target.address;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return error ? net::IsLocalhost(host) : address.is_loopback();
}

std::vector<vitals::ProbeVitals::Key> KeysOf(const Config& config) {
  std::vector<vitals::ProbeVitals::Key> keys;
  keys.reserve(config.targets.size());
  for (const auto& target : config.targets) {
    keys.push_back({target->name, config.vantage, SharesOurNetwork(*target), target->endpoint()});
  }
  return keys;
}

}  // namespace

struct Sidecar::Impl {
  Impl(std::shared_ptr<const Config> c, const Log& l)
      : log(l), running(RestartKeysOf(*c)), config(std::move(c)), transitions(l) {}
  ~Impl();

  bool Listen(std::string& error);
  bool ListenForAdmin(std::string& error);
  bool ListenForMcp(std::string& error);
  bool ListenForKeda(std::string& error);
  bool ListenForAll(std::string& error);
  void Begin();
  exporter::Response ReloadVerb();
  std::vector<std::string> Reload();      // from any other thread
  std::vector<std::string> ReloadHere();  // on the control loop
  bool Apply(const std::shared_ptr<const Config>& next, std::string& error);
  std::vector<std::string> WaitingForRestart(const Config& next) const;
  void Probe(std::shared_ptr<const Config> with);
  void EndProbes();

  std::shared_ptr<const Config> Current() const {
    const std::lock_guard lock(mutex);
    return config;
  }
  std::string ShownConfig() const;

  const Log& log;
  const RestartKeys running;
  mutable std::mutex mutex;
  std::shared_ptr<const Config> config;
  std::string waiting;  // the keys of `config` that need a restart, or ""
  std::atomic<bool> stopping{false};
  std::atomic<bool> scraped_drained{false};
  vitals::ProbeVitals vitals;
  exporter::SelfVitals self;

  // Lives on the probe loop, but for its construction and end.
  probe::Prober prober;
  Transitions transitions;
  Loop probe_loop;
  std::unique_ptr<probe::Scheduler> scheduler;
  SaturationRunner saturation{probe_loop, log};

  std::unique_ptr<ProxyRunner> proxy;    // null: without
  std::unique_ptr<ScalerRunner> scaler;  // null: without

  Loop control_loop;
  std::unique_ptr<ConfigWatch> watch;  // lives on the control loop

  std::shared_ptr<exporter::AdminListener> admin;  // null: without; shared with the server's pages
  std::unique_ptr<Member> member;                  // of a fleet: this process
  std::unique_ptr<exporter::Server> server;

 private:
  void AnswerScaler(const std::function<void(std::optional<vitals::Snapshot>)>& answer);
};

bool Sidecar::Impl::Listen(std::string& error) {
  return ListenForMcp(error) && ListenForKeda(error) && ListenForAdmin(error) &&
         ListenForAll(error);
}

bool Sidecar::Impl::ListenForMcp(std::string& error) {
  if (!config->proxy) return true;
  std::string why;
  proxy = ProxyRunner::Start(*config->proxy, prober.probe_token, log, why);
  if (proxy == nullptr) error = config->file + ": proxy.listen: " + why;
  return proxy != nullptr;
}

bool Sidecar::Impl::ListenForKeda(std::string& error) {
  if (!config->scaler) return true;
  std::string why;
  const auto self_member = [this](const std::string&, auto answer) {
    control_loop.Post([this, answer = std::move(answer)] { AnswerScaler(answer); });
  };
  scaler = ScalerRunner::Start(*config->scaler, self_member, log, why);
  if (scaler == nullptr) error = config->file + ": scaler.listen: " + why;
  return scaler != nullptr;
}

// On the control loop, which may wait for the proxy: the scaler's may not.
void Sidecar::Impl::AnswerScaler(
    const std::function<void(std::optional<vitals::Snapshot>)>& answer) {
  std::optional<vitals::Snapshot> snapshot;
  auto seen = member->Look();
  if (auto* known = std::get_if<vitals::Snapshot>(&seen)) snapshot = std::move(*known);
  scaler->loop().Post([answer, snapshot = std::move(snapshot)] { answer(snapshot); });
}

bool Sidecar::Impl::ListenForAll(std::string& error) {
  exporter::ServerOptions options;
  options.listen = config->listen;
  options.web = config->web;
  options.self = &self;
  options.log = [this](std::string_view line) { log.Warn("http server", {{"detail", line}}); };
  const PageSources sources{vitals,
                            self,
                            prober,
                            probe_loop,
                            control_loop,
                            saturation.vitals(),
                            proxy.get(),
                            scaler.get(),
                            stopping,
                            scraped_drained,
                            [this] { return Current(); },
                            [this] { return ShownConfig(); },
                            [admin = admin](std::function<void()> done) {
                              admin ? admin->Ping(std::move(done)) : done();
                            }};
  member = std::make_unique<Member>(sources);
  std::string why;
  server = exporter::Server::Start(std::move(options), MakePages(sources, *member), why);
  if (server == nullptr) {
    error = config->file + ": http.listen: " + why;
    return false;
  }
  return true;
}

bool Sidecar::Impl::ListenForAdmin(std::string& error) {
  std::string why;
  exporter::Routes verbs;
  verbs["/-/reload"].handler = [this](const exporter::Request&) { return ReloadVerb(); };
  verbs["/-/drain"].handler = DrainVerb(proxy.get());
  admin = exporter::AdminListener::Start(config->admin_listen, std::move(verbs), why);
  if (admin == nullptr && config->admin_given) {
    error = config->file + ": admin.listen: " + why;
    return false;
  }
  if (admin == nullptr) {
    log.Warn("no admin listener: reload by SIGHUP or by changing the file", {{"detail", why}});
  }
  return true;
}

void Sidecar::Impl::Begin() {
  scheduler = std::make_unique<probe::Scheduler>(probe_loop.context(), prober,
                                                 [this](vitals::ProbeResult result) {
                                                   result.url = PublicUrl(result.url);
                                                   transitions.Saw(result);
                                                   vitals.Record(std::move(result));
                                                 });
  Probe(config);
  watch = std::make_unique<ConfigWatch>(control_loop.context(), [this] {
    log.Info("a file of the configuration has changed");
    ReloadHere();
  });
  watch->Watch(config->files);
  probe_loop.Start();
  control_loop.Start();
}

void Sidecar::Impl::Probe(std::shared_ptr<const Config> with) {
  vitals.SetTargets(KeysOf(*with));
  CheckSockets(*with, log);
  saturation.Configure(*with);
  probe_loop.Post([this, with = std::move(with)] {
    transitions.Keep(with->targets);
    scheduler->Configure(with->schedule, with->targets);
    // The configuration before this one has gone now, and may have been large.
    control_loop.Post([] { ::malloc_trim(0); });
  });
}

std::vector<std::string> Sidecar::Impl::Reload() {
  std::promise<std::vector<std::string>> done;
  control_loop.Post([&] { done.set_value(ReloadHere()); });
  return done.get_future().get();
}

std::vector<std::string> Sidecar::Impl::ReloadHere() {
  if (stopping) return {"the program is stopping"};
  watch->Refresh();
  LoadedConfig loaded = LoadConfig(Current()->file);
  std::string error;
  if (loaded.config && !Apply(loaded.config, error)) loaded.errors.push_back(error);
  ++self.config_reloads;
  self.config_reload_successful = loaded.errors.empty();
  if (!loaded.errors.empty()) {
    ++self.config_reload_failures;
    for (const std::string& why : loaded.errors) {
      log.Error("configuration not reloaded, the old one goes on", {{"detail", why}});
    }
    return loaded.errors;
  }
  self.config_reload_success_seconds = UnixNow();
  watch->Watch(loaded.config->files);
  log.Info("configuration reloaded", {{"file", loaded.config->file},
                                      {"targets", std::to_string(loaded.config->targets.size())},
                                      {"modules", std::to_string(loaded.config->modules.size())}});
  return {};
}

bool Sidecar::Impl::Apply(const std::shared_ptr<const Config>& next, std::string& error) {
  if (!server->SetWebConfig(next->web, error)) {
    error = next->web_config_file + ": " + error;
    return false;
  }
  const std::vector<std::string> waiting_keys = WaitingForRestart(*next);
  for (const std::string& key : waiting_keys) {
    log.Warn(
        "this key is not what the program runs with and needs a restart; all others are "
        "applied",
        {{"key", key}});
  }
  {
    const std::lock_guard lock(mutex);
    config = next;
    waiting = Join(waiting_keys);
  }
  Probe(next);
  return true;
}

// Compared with what runs since the start: the configuration before this one may have waited too.
std::vector<std::string> Sidecar::Impl::WaitingForRestart(const Config& next) const {
  std::vector<std::string> keys = Differences(running, RestartKeysOf(next));
  if (server->NeedsRestart(next.web)) {
    keys.emplace_back("tls_server_config of http.web_config_file");
  }
  return keys;
}

// As YAML, so that what waits is a comment.
std::string Sidecar::Impl::ShownConfig() const {
  const std::lock_guard lock(mutex);
  return (waiting.empty() ? "" : "# waits for a restart: " + waiting + "\n") + config->shown;
}

exporter::Response Sidecar::Impl::ReloadVerb() {
  const std::vector<std::string> errors = Reload();
  exporter::Response response;
  response.status = errors.empty() ? 200 : 500;
  response.body = errors.empty() ? "reloaded\n" : "";
  for (const std::string& error : errors) response.body += error + "\n";
  return response;
}

void Sidecar::Impl::EndProbes() {
  if (stopping.exchange(true) || scheduler == nullptr) return;
  control_loop.Post([this] { watch->Stop(); });
  std::promise<void> ended;
  probe_loop.Post([&] { saturation.Stop([&] { scheduler->Stop([&] { ended.set_value(); }); }); });
  ended.get_future().wait();
}

Sidecar::Impl::~Impl() {
  EndProbes();
  if (admin) admin->Stop();
  server.reset();
  control_loop.Finish();  // which answers the scaler for this process
  scaler.reset();
  proxy.reset();
  probe_loop.Finish();
}

Sidecar::Sidecar(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sidecar::~Sidecar() = default;

std::unique_ptr<Sidecar> Sidecar::Start(std::shared_ptr<const Config> config, const Log& log,
                                        std::string& error) {
  auto impl = std::make_unique<Impl>(std::move(config), log);
  impl->prober.client_version = kVersion;
  const std::string& shared_token = impl->config->probe_token;
  impl->prober.probe_token = shared_token.empty() ? RandomToken() : shared_token;
  impl->self.version = kVersion;
  impl->self.config_reload_success_seconds = UnixNow();
  // What waits for a target's first answer knows from the first request on that there is one.
  impl->vitals.SetTargets(KeysOf(*impl->config));
  // Requests may come from here on; what they ask of the loops waits for Begin.
  if (!impl->Listen(error)) return nullptr;
  impl->Begin();
  return std::unique_ptr<Sidecar>(new Sidecar(std::move(impl)));
}

void Sidecar::Drain() {
  if (impl_->proxy) impl_->proxy->Drain();
}

bool Sidecar::is_drained() const { return !impl_->proxy || impl_->proxy->is_drained(); }

bool Sidecar::scraped_drained() const { return impl_->scraped_drained; }

void Sidecar::EndProbes() { impl_->EndProbes(); }

std::vector<std::string> Sidecar::Reload() { return impl_->Reload(); }

std::string Sidecar::url() const {
  const exporter::Server& server = *impl_->server;
  return server.scheme() + "://localhost:" + std::to_string(server.port());
}

std::string Sidecar::proxy_url() const {
  return impl_->proxy ? "http://127.0.0.1:" + std::to_string(impl_->proxy->port()) : "";
}

std::shared_ptr<const vitals::ServerVitals> Sidecar::Snapshot() const {
  return impl_->proxy ? impl_->proxy->Snapshot() : nullptr;
}

const std::string& Sidecar::probe_token() const { return impl_->prober.probe_token; }

}  // namespace mcp_vitals::app
