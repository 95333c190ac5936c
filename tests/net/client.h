#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/connection.h"
#include "net/http_client.h"
#include "tests/support/run.h"

// What the tests of net/ do on the client's side.
namespace mcp_vitals::net {

using support::Await;
using support::In;
using namespace std::chrono_literals;

inline constexpr auto kSoon = std::chrono::seconds(10);         // a deadline that should not matter
inline constexpr auto kPrompt = std::chrono::seconds(3);        // "at once", on a slow machine
inline constexpr auto kShort = std::chrono::milliseconds(200);  // a deadline to run into

inline Endpoint At(std::uint16_t port, std::string host = "127.0.0.1") {
  Endpoint endpoint;
  endpoint.host = std::move(host);
  endpoint.port = port;
  return endpoint;
}

struct Dialed {
  asio::io_context context;
  DialTrace trace;
  std::optional<Result<Connection>> result;
  Clock::duration took{};

  bool ok() const { return result->has_value(); }
  boost::system::error_code error() const { return result->error(); }
  Connection& operator*() { return **result; }
};

inline std::unique_ptr<Dialed> DialNow(Endpoint endpoint, Clock::duration timeout = kSoon) {
  auto dialed = std::make_unique<Dialed>();
  const auto began = Clock::now();
  dialed->result.emplace(
      Await(dialed->context, Dial(std::move(endpoint), Clock::now() + timeout, dialed->trace)));
  dialed->took = Clock::now() - began;
  return dialed;
}

inline std::size_t CountDescriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace mcp_vitals::net
