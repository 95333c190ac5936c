#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <thread>
#include <utility>

namespace mcp_vitals::app {

// An io_context and the one thread that runs it, from Start on. What is posted before, waits.
class Loop {
 public:
  Loop() : work_(context_.get_executor()) {}
  ~Loop() { Finish(); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Start() {
    thread_ = std::thread([this] { context_.run(); });
  }
  boost::asio::io_context& context() { return context_; }
  void Post(std::function<void()> job) { boost::asio::post(context_, std::move(job)); }
  // Returns when all work has ended; nothing is cut off.
  void Finish() {
    work_.reset();
    if (thread_.joinable()) thread_.join();
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace mcp_vitals::app
