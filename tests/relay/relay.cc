#include "tests/relay/relay.h"

#include <boost/asio/post.hpp>
#include <charconv>
#include <chrono>
#include <random>

namespace mcp_vitals::relay {

using std::chrono::steady_clock;

namespace {
constexpr auto kPatience = RawSocket::kPatience;
constexpr auto kStuck = std::chrono::milliseconds(50);
}  // namespace

RelayTest::RelayTest() {
  settings_.listen = "127.0.0.1:0";
  settings_.upstream_host = "127.0.0.1";
  settings_.rewrite.host = "upstream";
  settings_.rewrite.forwarded = proxy::Forwarded::kPreserve;
}

RelayTest::~RelayTest() {
  if (thread_.joinable()) thread_.join();
}

void RelayTest::Start(Script script) {
  server_ = std::make_unique<support::RawServer>(std::move(script));
  StartBefore(server_->port());
}

void RelayTest::StartBefore(std::uint16_t upstream_port) {
  settings_.upstream_port = upstream_port;
  std::string error;
  proxy_ = proxy::Proxy::Start(context_, settings_, error);
  ASSERT_TRUE(proxy_) << error;
  std::packaged_task<void()> run([this] { context_.run(); });
  ended_ = run.get_future();
  thread_ = std::thread(std::move(run));
}

Vitals RelayTest::Snapshot() {
  std::promise<Vitals> taken;
  boost::asio::post(context_, [&] { taken.set_value(proxy_->Snapshot()); });
  return taken.get_future().get();
}

std::uint64_t RelayTest::EndedStreams(vitals::StreamEnd end) {
  return Snapshot().of(vitals::StreamKind::kGet).closed[static_cast<std::size_t>(end)];
}

void RelayTest::Drain() {
  boost::asio::post(context_, [this] { proxy_->Drain(); });
}

void RelayTest::Stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(context_, [this] { proxy_->Stop(); });
  if (ended_.wait_for(kPatience) != std::future_status::ready) {
    ADD_FAILURE() << "something of the proxy goes on after Stop";
    context_.stop();
  }
  thread_.join();
}

void RelayTest::TearDown() {
  if (proxy_ == nullptr) return;
  if (thread_.joinable()) {
    WaitUntil([this] { return Snapshot().connections == 0; }, "no connection");
    const Vitals left = Snapshot();
    EXPECT_EQ(left.operations_in_flight, 0u);
    EXPECT_TRUE(left.calls_in_flight.empty());
    for (const auto& streams : left.streams) EXPECT_EQ(streams.live, 0u);
  }
  Stop();
  EXPECT_EQ(proxy_->Snapshot().connections, 0u);
  if (server_) WaitUntil([this] { return server_->open() == 0; }, "no connection to the server");
}

std::string RelayTest::Receive(RawSocket& socket) {
  std::string request = socket.ReadRequest();
  const std::lock_guard lock(mutex_);
  if (!request.empty()) requests_.push_back(request);
  return request;
}

Script RelayTest::Always(std::string answer) {
  return [this, answer = std::move(answer)](RawSocket& socket) {
    while (!Receive(socket).empty()) socket.Send(answer);
  };
}

Script RelayTest::Once(std::string answer) {
  return [this, answer = std::move(answer)](RawSocket& socket) {
    Receive(socket);
    socket.Send(answer);
  };
}

std::vector<std::string> RelayTest::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void RelayTest::WaitUntil(const std::function<bool()>& condition, std::string_view what) {
  const auto end = steady_clock::now() + kPatience;
  while (!condition()) {
    if (steady_clock::now() > end) {
      ADD_FAILURE() << "waited in vain for: " << what;
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void RelayTest::WaitUntilStuck(const std::function<std::size_t()>& sent) {
  std::size_t last = 0;
  auto since = steady_clock::now();
  const auto is_stuck = [&] {
    const auto now = steady_clock::now();
    if (const std::size_t count = sent(); count != last) {
      last = count;
      since = now;
    }
    return last > 0 && now - since >= kStuck;
  };
  WaitUntil(is_stuck, "that nothing more can be sent");
}

void Event::Set() {
  const std::lock_guard lock(mutex_);
  set_ = true;
  changed_.notify_all();
}

bool Event::Wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [this] { return set_; });
}

std::string Ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

std::string Post(std::string_view body) {
  return "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

std::string PostJson(std::string_view body) {
  return "POST /mcp HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string Chunk(std::string_view bytes) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, bytes.size(), 16).ptr;
  return std::string(digits, end) + "\r\n" + std::string(bytes) + "\r\n";
}

std::string Noise(std::size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string noise(size, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  return noise;
}

std::string_view HeadOf(const std::string& message) {
  return std::string_view(message).substr(0, message.find("\r\n\r\n") + 4);
}

std::string_view BodyOf(const std::string& message) {
  return std::string_view(message).substr(message.find("\r\n\r\n") + 4);
}

}  // namespace mcp_vitals::relay
