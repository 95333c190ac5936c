#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "app/log.h"

namespace mcp_vitals::app {

// Keeps what is logged, lets a test wait for it, and may hold the thread that logs something.
class LogCapture {
 public:
  LogCapture()
      : sink_(std::make_shared<Sink>()), log_(sink_, Log::Level::kDebug, LogFormat::kLogfmt) {}
  const Log& log() const { return log_; }

  std::string text() const {
    const std::lock_guard lock(sink_->mutex);
    return sink_->text;
  }
  // True once `text` was logged `times` times; false after 30 s.
  bool WaitFor(const std::string& text, int times = 1) const {
    std::unique_lock lock(sink_->mutex);
    return sink_->changed.wait_for(lock, std::chrono::seconds(30),
                                   [&] { return Count(sink_->text, text) >= times; });
  }
  // From now on, who logs `text` waits until Release.
  void HoldAt(const std::string& text) {
    const std::lock_guard lock(sink_->mutex);
    sink_->hold_at = text;
  }
  void Release() {
    const std::lock_guard lock(sink_->mutex);
    sink_->hold_at.clear();
    sink_->changed.notify_all();
  }

 private:
  struct Sink : spdlog::sinks::base_sink<spdlog::details::null_mutex> {
    std::mutex mutex;
    std::condition_variable changed;
    std::string text;
    std::string hold_at;

    void sink_it_(const spdlog::details::log_msg& message) override {
      const std::string line(message.payload.data(), message.payload.size());
      std::unique_lock lock(mutex);
      text += line + "\n";
      changed.notify_all();
      changed.wait_for(lock, std::chrono::seconds(30),
                       [&] { return hold_at.empty() || line.find(hold_at) == std::string::npos; });
    }
    void flush_() override {}
  };
  static int Count(const std::string& text, const std::string& word) {
    int count = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      ++count;
    }
    return count;
  }

  std::shared_ptr<Sink> sink_;
  Log log_;
};

}  // namespace mcp_vitals::app
