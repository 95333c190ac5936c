#include "exporter/admin_listener.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "net/listen.h"

namespace mcp_vitals::exporter {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr auto kTimeout = std::chrono::seconds(10);
constexpr int kMaxConnections = 16;
constexpr std::string_view kUnix = "unix:";

using Protocol = asio::generic::stream_protocol;
using Socket = Protocol::socket;

Response Answer(const Routes& routes, const http::request<http::string_body>& request) {
  Response response;
  const auto route = routes.find(std::string(request.target()));
  if (route == routes.end()) {
    response.status = 404;
    response.body = "no such verb\n";
  } else if (request.method() != http::verb::post) {
    response.status = 405;
    response.body = "use POST\n";
    response.headers.emplace_back("Allow", "POST");
  } else {
    Request plain;
    plain.method = "POST";
    plain.path = std::string(request.target());
    response = route->second.handler(plain);
  }
  return response;
}

// Whether somebody serves the socket file already.
bool IsLive(const asio::local::stream_protocol::endpoint& endpoint) {
  asio::io_context context;
  asio::local::stream_protocol::socket socket(context);
  boost::system::error_code ec;
  socket.connect(endpoint, ec);
  return !ec;
}

}  // namespace

struct AdminListener::Impl {
  asio::io_context context{1};
  asio::basic_socket_acceptor<Protocol> acceptor{context};
  std::string address;
  std::string socket_file;  // to be removed at the end
  Routes routes;
  int serving = 0;  // connections
  std::thread thread;

  bool Bind(const std::string& listen, std::string& error);
  asio::awaitable<void> Accept();
  asio::awaitable<void> Serve(std::shared_ptr<Socket> socket);
};

bool AdminListener::Impl::Bind(const std::string& listen, std::string& error) {
  Protocol::endpoint endpoint;
  if (listen.starts_with(kUnix)) {
    const std::string path = listen.substr(kUnix.size());
    if (path.empty() || path.size() > 100) {
      error = "\"" + listen + "\" is not unix: and a path of at most 100 bytes";
      return false;
    }
    const asio::local::stream_protocol::endpoint local(path);
    struct stat info{};
    if (::lstat(path.c_str(), &info) == 0) {
      if (!S_ISSOCK(info.st_mode) || IsLive(local)) {
        error = path + " is in use";
        return false;
      }
      ::unlink(path.c_str());
    }
    endpoint = local;
    socket_file = path;
  } else {
    const auto parsed = net::ParseListenAddress(listen);
    if (!parsed || !parsed->address().is_loopback()) {
      error = "\"" + listen + "\" is neither unix:/path nor a loopback address:port";
      return false;
    }
    endpoint = *parsed;
  }
  boost::system::error_code ec;
  const mode_t old_mask = ::umask(0177);  // the socket file: its owner only
  acceptor.open(endpoint.protocol(), ec);
  if (!ec && socket_file.empty()) {
    acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  }
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(16, ec);
  ::umask(old_mask);
  if (ec) {
    error = "cannot listen on " + listen + ": " + ec.message();
    socket_file.clear();
    return false;
  }
  address = listen;
  if (socket_file.empty()) {
    asio::ip::tcp::endpoint bound;
    const auto local = acceptor.local_endpoint(ec);
    bound.resize(local.size());
    std::memcpy(bound.data(), local.data(), local.size());
    address = bound.address().to_string() + ":" + std::to_string(bound.port());
  }
  return true;
}

// A few at once, so that one that says nothing holds up no other.
asio::awaitable<void> AdminListener::Impl::Accept() {
  while (acceptor.is_open()) {
    auto [ec, socket] = co_await acceptor.async_accept(kTuple);
    if (ec) {
      // Out of descriptors, mostly: wait for some to come back instead of spinning.
      asio::steady_timer pause(context, std::chrono::milliseconds(50));
      co_await pause.async_wait(kTuple);
      continue;
    }
    if (serving == kMaxConnections) continue;
    asio::co_spawn(context, Serve(std::make_shared<Socket>(std::move(socket))), asio::detached);
  }
}

asio::awaitable<void> AdminListener::Impl::Serve(std::shared_ptr<Socket> socket) {
  ++serving;
  asio::steady_timer limit(context, kTimeout);
  limit.async_wait([socket](boost::system::error_code ec) {
    boost::system::error_code ignored;
    if (!ec) socket->close(ignored);
  });
  boost::beast::flat_buffer buffer(16 * 1024);
  http::request<http::string_body> request;
  const auto [read_error, size] = co_await http::async_read(*socket, buffer, request, kTuple);
  if (!read_error) {
    const Response answer = Answer(routes, request);
    http::response<http::string_body> out(static_cast<http::status>(answer.status), 11);
    out.set(http::field::content_type, answer.content_type);
    for (const auto& [name, value] : answer.headers) out.set(name, value);
    out.keep_alive(false);
    out.body() = answer.body;
    out.prepare_payload();
    co_await http::async_write(*socket, out, kTuple);
  }
  limit.cancel();
  --serving;
}

AdminListener::AdminListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<AdminListener> AdminListener::Start(const std::string& listen, Routes post_routes,
                                                    std::string& error) {
  auto impl = std::make_unique<Impl>();
  impl->routes = std::move(post_routes);
  if (!impl->Bind(listen, error)) return nullptr;
  asio::co_spawn(impl->context, impl->Accept(), asio::detached);
  impl->thread = std::thread([raw = impl.get()] { raw->context.run(); });
  return std::unique_ptr<AdminListener>(new AdminListener(std::move(impl)));
}

AdminListener::~AdminListener() { Stop(); }

void AdminListener::Stop() {
  if (!impl_->thread.joinable()) return;
  impl_->context.stop();
  impl_->thread.join();
  if (!impl_->socket_file.empty()) ::unlink(impl_->socket_file.c_str());
}

void AdminListener::Ping(std::function<void()> done) {
  asio::post(impl_->context, std::move(done));
}

std::string AdminListener::address() const { return impl_->address; }

}  // namespace mcp_vitals::exporter
