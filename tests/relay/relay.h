#pragma once

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "proxy/proxy.h"
#include "tests/relay/client_end.h"
#include "tests/support/raw_server.h"

namespace mcp_vitals::relay {

using support::RawSocket;
using Script = support::RawServer::Script;
using Vitals = vitals::ServerVitals;

// Something that happens once, for which other threads wait.
class Event {
 public:
  void Set();
  bool Wait();  // false if it did not happen in time

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

// The proxy at work between the server that `Start` is given and the clients that `Connect` makes.
// After each test nothing may be left of either.
class RelayTest : public ::testing::Test {
 protected:
  RelayTest();
  ~RelayTest() override;
  void TearDown() override;

  void Start(Script script);
  void StartBefore(std::uint16_t upstream_port);  // of a server that the test has
  ClientEnd Connect(int receive_buffer = 0) { return ClientEnd(port(), receive_buffer); }
  std::uint16_t port() const { return proxy_->port(); }
  Vitals Snapshot();
  std::uint64_t EndedStreams(vitals::StreamEnd end);  // of kind `get`
  void Drain();
  void Stop();  // the proxy; returns when nothing of it goes on

  // ---- for scripts -----------------------------------------------------------------------------
  // The next request as it came, which `requests` remembers; "" when the client has gone.
  std::string Receive(RawSocket& socket);
  // Answers every request with the same bytes, for as long as the connection lives.
  Script Always(std::string answer);
  // Answers the first request of each connection so, and closes it.
  Script Once(std::string answer);

  // For a script, which may outlive what is its test's own.
  Event& NewEvent() { return events_.emplace_back(); }

  std::vector<std::string> requests();
  support::RawServer& server() { return *server_; }
  // Returns when `condition` holds; else the test fails.
  void WaitUntil(const std::function<bool()>& condition, std::string_view what);
  // Returns when that many bytes have been sent and no more for a while: the way is full.
  void WaitUntilStuck(const std::function<std::size_t()>& sent);

  proxy::Settings settings_;  // as they are at Start

 private:
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::deque<Event> events_;
  std::unique_ptr<support::RawServer> server_;
  boost::asio::io_context context_{1};
  std::unique_ptr<proxy::Proxy> proxy_;
  std::thread thread_;
  std::future<void> ended_;
};

// ---- pieces of messages
// --------------------------------------------------------------------------

inline constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
inline constexpr std::string_view kGetStream =
    "GET /mcp HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\nMcp-Session-Id: s\r\n\r\n";
inline constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string Ok(std::string_view body);  // 200, with its length
std::string Post(std::string_view body);
std::string PostJson(std::string_view body);
std::string Chunk(std::string_view bytes);  // "" is the last one
// Bytes of every kind that repeat nowhere.
std::string Noise(std::size_t size);
std::string_view BodyOf(const std::string& message);
std::string_view HeadOf(const std::string& message);

}  // namespace mcp_vitals::relay
