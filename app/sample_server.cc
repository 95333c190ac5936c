#include "app/sample_server.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <chrono>
#include <set>
#include <thread>

#include "app/sample_pump.h"
#include "net/async.h"

namespace mcp_vitals::app {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, net::Executor>;

constexpr std::size_t kMaxConnections = 4096;
constexpr std::size_t kMaxBody = std::size_t{1} << 20;
constexpr auto kTuple = asio::as_tuple(net::kUseTask);

// The whole answer, so that it leaves in one write; of a stream that is yet to come, the head.
std::string Serialize(const SampleMcp::Answer& answer, bool keep_alive) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(answer.status));
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " ";
  text.append(reason.data(), reason.size());
  const auto header = [&](std::string_view name, std::string_view value) {
    ((((text += "\r\n") += name) += ": ") += value);
  };
  if (!answer.content_type.empty()) header("Content-Type", answer.content_type);
  if (!answer.session.empty()) header("Mcp-Session-Id", answer.session);
  if (!answer.allow.empty()) header("Allow", answer.allow);
  if (!keep_alive) header("Connection", "close");
  const bool stream = answer.content_type == "text/event-stream";
  if (stream) {
    header("Cache-Control", "no-cache");
    header("X-Accel-Buffering", "no");
    header("Transfer-Encoding", "chunked");
    if (answer.stream) return text += "\r\n\r\n";
    std::array<char, 20> size;
    const auto end = std::to_chars(size.data(), size.data() + size.size(), answer.body.size(), 16);
    ((text += "\r\n\r\n").append(size.data(), end.ptr) += "\r\n") += answer.body;
    text += "\r\n0\r\n\r\n";
  } else {
    header("Content-Length", std::to_string(answer.body.size()));
    (text += "\r\n\r\n") += answer.body;
  }
  return text;
}

// What connections share; lives on the server's thread.
struct State {
  explicit State(const SampleOptions& options) : mcp(options) {}
  SampleMcp mcp;
  std::set<net::TcpSocket*> sockets;
};

net::Task<void> Converse(net::TcpSocket& socket, State& state) {
  boost::beast::flat_buffer buffer;
  for (bool open = true; open;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kMaxBody);
    auto [error, read] = co_await http::async_read(socket, buffer, parser, kTuple);
    std::string text;
    std::shared_ptr<SampleStream> stream;
    if (error == http::error::body_limit) {
      text = Serialize(StatusAnswer(413), false);
      open = false;
    } else if (error) {
      co_return;
    } else {
      open = parser.get().keep_alive();
      SampleAnswer answer = state.mcp.Handle(parser.get());
      text = Serialize(answer, open);
      stream = std::move(answer.stream);
    }
    auto [broken, written] = co_await asio::async_write(socket, asio::buffer(text), kTuple);
    if (broken) co_return;
    if (!stream) continue;
    const bool goes_on = co_await PumpStream(socket, std::move(stream));
    if (!goes_on) co_return;
  }
}

net::Task<void> Serve(net::TcpSocket socket, std::shared_ptr<State> state) {
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  state->sockets.insert(&socket);
  co_await Converse(socket, *state);
  state->sockets.erase(&socket);
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

net::Task<void> Accept(Acceptor& acceptor, std::shared_ptr<State> state) {
  net::Timer timer(acceptor.get_executor());
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(kTuple);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // out of descriptors, most likely: they come back when others go
      timer.expires_after(std::chrono::milliseconds(100));
      co_await timer.async_wait(kTuple);
      continue;
    }
    if (state->sockets.size() >= kMaxConnections) continue;
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, Serve(std::move(socket), state), asio::detached);
  }
}

}  // namespace

struct SampleServer::Impl {
  explicit Impl(const SampleOptions& options)
      : acceptor(context.get_executor()), state(std::make_shared<State>(options)) {}

  asio::io_context context{1};
  Acceptor acceptor;
  std::shared_ptr<State> state;
  std::uint16_t port = 0;
  std::thread thread;
};

std::unique_ptr<SampleServer> SampleServer::Start(const SampleOptions& options,
                                                  std::string& error) {
  auto impl = std::make_unique<Impl>(options);
  const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), options.port);
  try {
    impl->acceptor.open(endpoint.protocol());
    impl->acceptor.set_option(asio::socket_base::reuse_address(true));
    impl->acceptor.bind(endpoint);
    impl->acceptor.listen();
    impl->port = impl->acceptor.local_endpoint().port();
  } catch (const boost::system::system_error& failed) {
    error = "cannot listen on 127.0.0.1:" + std::to_string(options.port) + ": " +
            failed.code().message();
    return nullptr;
  }
  asio::co_spawn(impl->context.get_executor(), Accept(impl->acceptor, impl->state), asio::detached);
  impl->thread = std::thread([context = &impl->context] { context->run(); });
  return std::unique_ptr<SampleServer>(new SampleServer(std::move(impl)));
}

SampleServer::SampleServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SampleServer::~SampleServer() {
  asio::post(impl_->context, [impl = impl_.get()] {
    boost::system::error_code ignored;
    impl->acceptor.close(ignored);
    impl->state->mcp.streams().EndAll();
    // After those streams, which have been woken, have said their last word.
    asio::post(impl->context, [impl] {
      boost::system::error_code ignored_too;
      for (net::TcpSocket* socket : impl->state->sockets) socket->close(ignored_too);
    });
  });
  impl_->thread.join();
}

std::uint16_t SampleServer::port() const { return impl_->port; }
std::string SampleServer::url() const {
  return "http://127.0.0.1:" + std::to_string(impl_->port) + "/mcp";
}
SampleSessions SampleServer::sessions() const { return impl_->state->mcp.sessions(); }
std::size_t SampleServer::streams() const { return impl_->state->mcp.streams().live(); }

}  // namespace mcp_vitals::app
