#include "exporter/front.h"

#include <array>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <chrono>
#include <future>
#include <list>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "exporter/civet.h"
#include "exporter/front_client.h"
#include "exporter/own_ports.h"
#include "net/listen.h"

namespace mcp_vitals::exporter {

namespace asio = boost::asio;
using asio::ip::tcp;
using Client = FrontClient;

namespace {

constexpr std::size_t kMaxConnections = 512;
constexpr std::size_t kMaxHead = Civet::kMaxHeadBytes;
constexpr auto kHeadTimeout = std::chrono::seconds(5);    // from the connection to a whole head
constexpr auto kWriteTimeout = std::chrono::seconds(30);  // for each piece of an answer
// A client that takes no piece for so long counts as stalled, and this many may be so at once: each
// holds a thread of the HTTP server. Beyond it the one that has stalled longest is cut.
constexpr auto kStalled = std::chrono::milliseconds(250);
constexpr std::size_t kMaxStalled = 4;
constexpr auto kLingerTimeout = std::chrono::seconds(1);
constexpr auto kStopTimeout = std::chrono::seconds(5);
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kTooLarge =
    "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: "
    "close\r\n\r\n";

}  // namespace

struct Front::Impl {
  explicit Impl(Options from) : options(std::move(from)), acceptor(context) {}

  asio::awaitable<void> Accept();
  asio::awaitable<void> Serve(std::shared_ptr<Client> client);
  asio::awaitable<bool> Handshake(Client& client);
  asio::awaitable<bool> ReadHead(Client& client, std::string& head);
  asio::awaitable<void> Relay(std::shared_ptr<Client> client, std::string head);
  asio::awaitable<bool> Write(Client& client, asio::const_buffer bytes);
  asio::awaitable<void> Finish(Client& client);
  void After(const std::shared_ptr<Client>& client, std::chrono::milliseconds time,
             void (Impl::*then)(const std::shared_ptr<Client>&));
  void Unlimit(Client& client);
  void Stalled(const std::shared_ptr<Client>& client);
  void Cut(const std::shared_ptr<Client>& client);
  void Leave(const std::shared_ptr<Client>& client);
  bool MakeRoom();

  Options options;
  asio::io_context context{1};
  tcp::acceptor acceptor;
  std::uint16_t http_port = 0;
  std::list<std::shared_ptr<Client>> clients;  // all
  std::list<std::shared_ptr<Client>> waiting;  // for a head; the oldest first
  std::list<std::shared_ptr<Client>> stalled;  // in an answer; the longest first
  OwnPorts ports;
  std::future<void> ended;  // when the context has nothing left to do
  std::thread thread;
};

void Front::Impl::Cut(const std::shared_ptr<Client>& client) {
  client->timed_out = true;
  if (options.self != nullptr) ++options.self->slow_clients_cut;
  client->Close();
}

// It has its whole answer, so that nothing is lost and no limit was reached.
void Front::Impl::Leave(const std::shared_ptr<Client>& client) { client->Close(); }

// Gives the client `time` for what comes next, and does `then` with one that takes longer.
void Front::Impl::After(const std::shared_ptr<Client>& client, std::chrono::milliseconds time,
                        void (Impl::*then)(const std::shared_ptr<Client>&)) {
  const unsigned limit = ++client->limit;
  client->timer.expires_after(time);
  client->timer.async_wait(
      [this, limit, then, weak = std::weak_ptr(client)](boost::system::error_code ec) {
        const auto late = weak.lock();
        if (!ec && late && late->limit == limit) (this->*then)(late);
      });
}

void Front::Impl::Unlimit(Client& client) {
  ++client.limit;
  client.timer.cancel();
}

void Front::Impl::Stalled(const std::shared_ptr<Client>& client) {
  After(client, kWriteTimeout, &Impl::Cut);
  stalled.push_back(client);
  if (stalled.size() <= kMaxStalled) return;
  Cut(stalled.front());
  stalled.pop_front();
}

// Room for one more connection; false if all that there are deserve theirs.
bool Front::Impl::MakeRoom() {
  if (clients.size() < kMaxConnections) return true;
  auto& idle = waiting.empty() ? stalled : waiting;
  if (idle.empty()) return false;
  const auto oldest = idle.front();
  idle.pop_front();
  if (options.self != nullptr) ++options.self->connections_cut;
  oldest->Close();
  return true;
}

asio::awaitable<void> Front::Impl::Accept() {
  while (acceptor.is_open()) {
    auto [ec, socket] = co_await acceptor.async_accept(kTuple);
    if (!acceptor.is_open()) co_return;
    if (ec) {
      // Out of descriptors, mostly: wait for some to come back instead of spinning.
      asio::steady_timer pause(context, std::chrono::milliseconds(50));
      co_await pause.async_wait(kTuple);
      continue;
    }
    if (!MakeRoom()) {
      if (options.self != nullptr) ++options.self->connections_cut;
      continue;
    }
    const auto client = std::make_shared<Client>(std::move(socket));
    clients.push_back(client);
    asio::co_spawn(context, Serve(client), [this, client](std::exception_ptr) {
      clients.remove(client);  // an exception here is a bug in one answer; the others go on
    });
  }
}

asio::awaitable<void> Front::Impl::Serve(std::shared_ptr<Client> client) {
  After(client, kHeadTimeout, &Impl::Cut);
  waiting.push_back(client);
  std::string head;
  bool whole = co_await Handshake(*client);
  if (whole) whole = co_await ReadHead(*client, head);
  waiting.remove(client);
  if (whole) co_await Relay(client, std::move(head));
  client->Close();
}

asio::awaitable<bool> Front::Impl::Handshake(Client& client) {
  if (!options.tls) co_return true;
  const auto context_now = options.tls->Current();
  client.tls.emplace(std::move(client.socket), *context_now);
  const auto [ec] = co_await client.tls->async_handshake(asio::ssl::stream_base::server, kTuple);
  co_return !ec;
}

asio::awaitable<bool> Front::Impl::ReadHead(Client& client, std::string& head) {
  std::array<char, 4096> buffer;
  while (head.find("\r\n\r\n") == std::string::npos) {
    if (head.size() > kMaxHead) {
      if (options.self != nullptr) ++options.self->request_heads_too_large;
      const bool told = co_await Write(client, asio::buffer(kTooLarge));
      if (told) co_await Finish(client);
      co_return false;
    }
    const auto [ec, size] =
        client.tls ? co_await client.tls->async_read_some(asio::buffer(buffer), kTuple)
                   : co_await client.socket.async_read_some(asio::buffer(buffer), kTuple);
    if (ec) co_return false;
    head.append(buffer.data(), size);
  }
  co_return true;
}

asio::awaitable<bool> Front::Impl::Write(Client& client, asio::const_buffer bytes) {
  const auto [ec, size] = client.tls ? co_await asio::async_write(*client.tls, bytes, kTuple)
                                     : co_await asio::async_write(client.socket, bytes, kTuple);
  co_return !ec;
}

// Lets the answer arrive before the connection is closed on what the client may still send.
asio::awaitable<void> Front::Impl::Finish(Client& client) {
  boost::system::error_code ignored;
  if (client.tls) {
    co_await client.tls->async_shutdown(kTuple);
    co_return;
  }
  client.socket.shutdown(tcp::socket::shutdown_send, ignored);
  std::array<char, 1024> rest;
  bool more = true;
  while (more) {
    const auto [ec, size] = co_await client.socket.async_read_some(asio::buffer(rest), kTuple);
    more = !ec;
  }
}

asio::awaitable<void> Front::Impl::Relay(std::shared_ptr<Client> client, std::string head) {
  Unlimit(*client);
  tcp::socket& http = client->http;
  const tcp::endpoint to(asio::ip::address_v4::loopback(), http_port);
  boost::system::error_code opened;
  http.open(tcp::v4(), opened);
  http.bind(tcp::endpoint(asio::ip::make_address_v4(Civet::kFrom), 0), opened);
  if (opened) co_return;
  const OwnPorts::Claim claim(ports, http.local_endpoint(opened).port());
  const auto [connect_error] = co_await http.async_connect(to, kTuple);
  if (!connect_error) {
    co_await asio::async_write(http, asio::buffer(head), kTuple);
    std::vector<char> buffer(16 * 1024);
    bool going = true;
    while (going) {
      const auto [ec, size] = co_await http.async_read_some(asio::buffer(buffer), kTuple);
      if (ec) break;
      After(client, kStalled, &Impl::Stalled);
      going = co_await Write(*client, asio::buffer(buffer.data(), size));
      Unlimit(*client);
      stalled.remove(client);
    }
  }
  if (client->timed_out) co_return;
  After(client, kLingerTimeout, &Impl::Leave);
  co_await Finish(*client);
}

Front::Front(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<Front> Front::Bind(Options options, std::string& error) {
  const std::string listen = options.listen;
  auto impl = std::make_unique<Impl>(std::move(options));
  if (!net::Listen(impl->acceptor, listen, error)) return nullptr;
  return std::unique_ptr<Front>(new Front(std::move(impl)));
}

void Front::Serve(std::uint16_t http_port) {
  impl_->http_port = http_port;
  asio::co_spawn(impl_->context, impl_->Accept(), asio::detached);
  std::packaged_task<void()> run([impl = impl_.get()] { impl->context.run(); });
  impl_->ended = run.get_future();
  impl_->thread = std::thread(std::move(run));
}

Front::~Front() { Stop(); }

void Front::Stop() {
  if (!impl_->thread.joinable()) return;
  asio::post(impl_->context, [impl = impl_.get()] {
    boost::system::error_code ignored;
    impl->acceptor.close(ignored);
    for (const auto& client : impl->waiting) client->Close();
  });
  if (impl_->ended.wait_for(kStopTimeout) == std::future_status::timeout) {
    asio::post(impl_->context, [impl = impl_.get()] {
      for (const auto& client : impl->clients) client->Close();
    });
  }
  impl_->thread.join();
}

std::uint16_t Front::port() const {
  boost::system::error_code ignored;
  return impl_->acceptor.local_endpoint(ignored).port();
}

bool Front::IsOurs(std::uint16_t port) const { return impl_->ports.Contains(port); }

void Front::SetTls(std::unique_ptr<net::ReloadingTlsServer> tls) {
  asio::post(impl_->context, [impl = impl_.get(), tls = std::move(tls)]() mutable {
    impl->options.tls = std::move(tls);
  });
}

}  // namespace mcp_vitals::exporter
