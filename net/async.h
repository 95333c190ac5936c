#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/result.hpp>
#include <chrono>

namespace mcp_vitals::net {

namespace asio = boost::asio;

// Everything runs on an io_context that one thread runs. The concrete executor (not any_executor)
// keeps a step of a coroutine free of type erasure.
using Executor = asio::io_context::executor_type;
template <class T>
using Task = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> kUseTask;
// Awaits an operation that may fail: gives its error code first instead of throwing it.
inline constexpr auto kUseTaskTuple = asio::as_tuple(kUseTask);

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;  // absolute; one per operation
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

template <class T>
using Result = boost::system::result<T>;

}  // namespace mcp_vitals::net
