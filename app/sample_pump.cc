#include "app/sample_pump.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <string>
#include <string_view>

namespace mcp_vitals::app {

namespace {

namespace asio = boost::asio;

constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string Chunk(std::string_view data) {
  std::string chunk;
  if (data.empty()) return chunk;
  std::array<char, 20> size;
  const auto end = std::to_chars(size.data(), size.data() + size.size(), data.size(), 16).ptr;
  return (((chunk.append(size.data(), end) += "\r\n") += data) += "\r\n");
}

// Waits between two events, until the time has come, the stream was ended or the client has gone.
// Shared with the wait for the client, which may be told of its end after all else has gone.
struct Pause {
  explicit Pause(net::TcpSocket& s) : socket(&s), timer(s.get_executor()) {}

  net::TcpSocket* socket;  // null from the end of the pump on
  net::Timer timer;
  bool client_has_gone = false;
};

// A client that sends is not one that leaves: what it sends is read after the stream.
bool HasSent(net::TcpSocket& socket) {
  char byte;
  return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void WatchClient(const std::shared_ptr<Pause>& pause) {
  pause->socket->async_wait(net::TcpSocket::wait_read,
                            [pause](const boost::system::error_code& error) {
                              if (pause->socket == nullptr) return;
                              if (!error && HasSent(*pause->socket)) return;
                              pause->client_has_gone = true;
                              pause->timer.cancel();
                            });
}

// Leaves the socket and the stream alone from here on, however the pump ends.
struct Detach {
  ~Detach() {
    boost::system::error_code ignored;
    pause->socket->cancel(ignored);
    pause->socket = nullptr;
    stream->wake = nullptr;
  }
  std::shared_ptr<Pause> pause;
  std::shared_ptr<SampleStream> stream;
};

// What fits now: who ends a stream from outside may be about to close the socket, too.
bool SendAtOnce(net::TcpSocket& socket, std::string_view bytes) {
  return ::send(socket.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(bytes.size());
}

}  // namespace

net::Task<bool> PumpStream(net::TcpSocket& socket, std::shared_ptr<SampleStream> stream) {
  const auto pause = std::make_shared<Pause>(socket);
  const Detach detach{pause, stream};
  stream->wake = [&timer = pause->timer] { timer.cancel(); };
  WatchClient(pause);
  while (!stream->has_ended && !pause->client_has_gone) {
    const SampleStep step = stream->next();
    if (step.wait.count() > 0) {
      pause->timer.expires_after(step.wait);
      co_await pause->timer.async_wait(net::kUseTaskTuple);
      if (stream->has_ended || pause->client_has_gone) break;
    }
    std::string bytes = Chunk(step.event);
    if (step.is_last) bytes += kLastChunk;
    auto [broken, written] =
        co_await asio::async_write(socket, asio::buffer(bytes), net::kUseTaskTuple);
    if (broken) co_return false;
    if (step.is_last) co_return true;
  }
  if (pause->client_has_gone) co_return false;
  const std::string end = Chunk(stream->farewell) + std::string(kLastChunk);
  co_return SendAtOnce(socket, end);
}

}  // namespace mcp_vitals::app
