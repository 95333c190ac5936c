#include "proxy/proxy.h"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "net/listen.h"
#include "proxy/client.h"
#include "proxy/core.h"
#include "proxy/upstream.h"

namespace mcp_vitals::proxy {

namespace asio = boost::asio;
using net::Clock;

namespace {
constexpr auto kTick = std::chrono::milliseconds(100);
constexpr auto kPause = std::chrono::milliseconds(50);  // when no descriptor is left
}  // namespace

struct Proxy::Impl {
  Impl(asio::io_context& context, Settings settings)
      : core(context.get_executor(), std::move(settings)),
        acceptor(context.get_executor()),
        ticker(context.get_executor()) {}

  bool SetUpTls(std::string& error);
  net::Task<void> Accept();
  bool AcceptAll();
  net::Task<void> Tick();

  Core core;
  std::unique_ptr<net::ReloadingTlsServer> tls;  // null: plain HTTP
  net::TcpAcceptor acceptor;
  net::Timer ticker;
  std::uint16_t port = 0;
};

bool Proxy::Impl::SetUpTls(std::string& error) {
  const auto& config = core.settings.tls;
  if (!config) return true;
  auto context = net::MakeTlsServer(*config, error);
  if (!context) return false;
  tls = std::make_unique<net::ReloadingTlsServer>(*config, std::move(context),
                                                  [log = core.settings.log](std::string_view line) {
                                                    if (log) log(line);
                                                  });
  return true;
}

net::Task<void> Proxy::Impl::Accept() {
  while (acceptor.is_open()) {
    const auto [ec] = co_await acceptor.async_wait(net::TcpAcceptor::wait_read, net::kUseTaskTuple);
    if (ec || !acceptor.is_open()) co_return;
    const bool room = AcceptAll();
    if (room) continue;
    net::Timer pause(core.executor, kPause);
    co_await pause.async_wait(net::kUseTaskTuple);
  }
}

// False when no descriptor is left.
bool Proxy::Impl::AcceptAll() {
  while (true) {
    asio::ip::tcp::endpoint peer;
    auto size = static_cast<socklen_t>(peer.capacity());
    const int fd =
        ::accept4(acceptor.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == ECONNABORTED || errno == EINTR)) continue;
    if (fd < 0) return errno == EAGAIN;
    peer.resize(size);
    net::Stream stream(fd);
    if (core.clients.size() >= core.settings.max_connections) {
      core.vitals.Hit(vitals::Limit::kConnections);
      continue;
    }
    const auto client =
        std::make_shared<Client>(core, std::move(stream), net::PlainAddress(peer.address()),
                                 tls ? tls->Current().get() : nullptr);
    if (client->Start()) client->Read();
  }
}

net::Task<void> Proxy::Impl::Tick() {
  while (!core.stopping) {
    ticker.expires_after(kTick);
    co_await ticker.async_wait(net::kUseTaskTuple);
    const Time now = Clock::now();
    core.ForEachClient([now](Client& client) { client.OnTick(now); });
    core.gate.Pump(now);
    core.drain.Tick(now);
    core.pool.CloseOld(now);
    core.observer.Tick(now);
    core.own_observer.Tick(now);
  }
}

Proxy::Proxy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Proxy::~Proxy() = default;

std::unique_ptr<Proxy> Proxy::Start(asio::io_context& context, Settings settings,
                                    std::string& error) {
  auto impl = std::make_unique<Impl>(context, std::move(settings));
  if (!impl->SetUpTls(error)) return nullptr;
  if (!net::Listen(impl->acceptor, impl->core.settings.listen, error)) return nullptr;
  impl->acceptor.non_blocking(true);
  impl->port = impl->acceptor.local_endpoint().port();
  asio::co_spawn(impl->core.executor, impl->Accept(), asio::detached);
  asio::co_spawn(impl->core.executor, impl->Tick(), asio::detached);
  return std::unique_ptr<Proxy>(new Proxy(std::move(impl)));
}

std::uint16_t Proxy::port() const { return impl_->port; }

vitals::ServerVitals Proxy::Snapshot() {
  impl_->core.observer.Refresh(Clock::now());
  return impl_->core.vitals;
}

void Proxy::SetRecorder(std::function<void(const OperationRecord&)> record) {
  impl_->core.observer.SetRecorder(std::move(record));
}

void Proxy::Drain() { impl_->core.drain.Begin(Clock::now()); }

void Proxy::Stop() {
  Core& core = impl_->core;
  core.stopping = true;
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->ticker.cancel();
  core.ForEachClient([](Client& client) { client.Stop(); });
  core.pool.CloseAll();
  asio::post(core.executor, [impl = impl_.get()] { impl->core.poller.Stop(); });
}

}  // namespace mcp_vitals::proxy
