#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "net/async.h"

namespace mcp_vitals::support {

template <class T>
net::Task<void> Keep(net::Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

// Runs `task` on `context` until it has ended; throws after 30 s.
template <class T>
T Await(net::asio::io_context& context, net::Task<T> task) {
  std::optional<T> result;
  net::asio::co_spawn(context, Keep(std::move(task), result), [](std::exception_ptr exception) {
    if (exception) std::rethrow_exception(exception);
  });
  context.restart();
  const auto end = net::Clock::now() + std::chrono::seconds(30);
  while (!result && context.run_one_until(end) > 0) {
  }
  if (!result) throw std::runtime_error("the task did not end");
  return std::move(*result);
}

// Begins `task`, and destroys it with its event loop after `time` if it has not ended.
template <class T>
void Abandon(net::Task<T> task, std::chrono::milliseconds time) {
  std::optional<T> result;
  net::asio::io_context context;
  net::asio::co_spawn(context, Keep(std::move(task), result), net::asio::detached);
  context.run_for(time);
}

inline net::Deadline In(std::chrono::milliseconds time) { return net::Clock::now() + time; }

}  // namespace mcp_vitals::support
