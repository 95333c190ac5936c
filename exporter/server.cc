#include "exporter/server.h"

#include <utility>

#include "exporter/civet.h"
#include "exporter/front.h"
#include "exporter/router.h"
#include "net/tls_server.h"

namespace mcp_vitals::exporter {

namespace {

// Null without an error when the configuration asks for no TLS.
std::unique_ptr<net::ReloadingTlsServer> MakeTls(const WebConfig& web,
                                                 const std::function<void(std::string_view)>& log,
                                                 std::string& error) {
  if (!web.tls) return nullptr;
  auto context = net::MakeTlsServer(*web.tls, error);
  if (!context) {
    error = "tls_server_config." + error;
    return nullptr;
  }
  return std::make_unique<net::ReloadingTlsServer>(*web.tls, std::move(context), log);
}

}  // namespace

struct Server::Impl {
  std::unique_ptr<Router> router;
  std::unique_ptr<Front> front;
  std::unique_ptr<Civet> civet;
  bool tls = false;
  std::function<void(std::string_view)> log;

  ~Impl() {
    // First no new requests, then no handlers; the front itself goes last, since civetweb asks it
    // whose connections it sees.
    if (front) front->Stop();
    civet.reset();
  }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

std::unique_ptr<Server> Server::Start(ServerOptions options, Routes routes, std::string& error) {
  auto impl = std::make_unique<Impl>();
  impl->log = options.log ? std::move(options.log) : [](std::string_view) {};
  auto tls = MakeTls(options.web, impl->log, error);
  if (options.web.tls && !tls) return nullptr;
  impl->tls = tls != nullptr;
  impl->router = std::make_unique<Router>(std::move(routes),
                                          std::vector<std::string>{"GET", "HEAD"}, options.self);
  impl->router->SetUsers(options.web.basic_auth_users);
  impl->front = Front::Bind({options.listen, std::move(tls), options.self}, error);
  if (!impl->front) return nullptr;
  Civet::Options civet;
  civet.workers = impl->router->places();
  civet.is_ours = [front = impl->front.get()](std::uint16_t port) { return front->IsOurs(port); };
  civet.serve = [router = impl->router.get()](const Request& request, const Civet::Write& write) {
    router->Serve(request, write);
  };
  civet.log = impl->log;
  impl->civet = Civet::Start(std::move(civet), error);
  if (!impl->civet) return nullptr;
  impl->front->Serve(impl->civet->port());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->front->port(); }

bool Server::has_tls() const { return impl_->tls; }

bool Server::SetWebConfig(WebConfig web, std::string& error) {
  if (web.tls && impl_->tls) {
    auto tls = MakeTls(web, impl_->log, error);
    if (!tls) return false;
    impl_->front->SetTls(std::move(tls));
  }
  impl_->router->SetUsers(std::move(web.basic_auth_users));
  return true;
}

}  // namespace mcp_vitals::exporter
