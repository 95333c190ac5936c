#pragma once

#include <spdlog/sinks/sink.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "app/values.h"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace mcp_vitals::app {

enum class LogFormat { kLogfmt, kJson };

// Structured lines: a time, a level, a message from a fixed set, and fields. Values are escaped, so
// that what a server says can't forge a line. Thread-safe.
class Log {
 public:
  enum class Level { kDebug, kInfo, kWarn, kError };
  using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  Log(spdlog::sink_ptr sink, Level level, LogFormat format);
  ~Log();
  // Another to the same place, which never waits: lines are written by a thread of its own, and
  // when they come faster than that the oldest are lost.
  std::unique_ptr<const Log> Queued() const;
  std::uint64_t lost() const;  // lines, of a queued log

  // A field with an empty value is left out.
  void Debug(std::string_view message, Fields fields = {}) const;
  void Info(std::string_view message, Fields fields = {}) const;
  void Warn(std::string_view message, Fields fields = {}) const;
  void Error(std::string_view message, Fields fields = {}) const;

 private:
  // One that writes by this queue.
  Log(spdlog::sink_ptr sink, Level level, LogFormat format,
      std::shared_ptr<spdlog::details::thread_pool> queue);
  void Write(Level level, std::string_view message, Fields fields) const;
  void SetPattern();

  const spdlog::sink_ptr sink_;
  const Level level_;
  const LogFormat format_;
  std::shared_ptr<spdlog::details::thread_pool> queue_;  // null: lines are written at once
  std::shared_ptr<spdlog::logger> logger_;
};

spdlog::sink_ptr StandardError();

Parsed<Log::Level> ParseLogLevel(std::string_view text);
Parsed<LogFormat> ParseLogFormat(std::string_view text);

}  // namespace mcp_vitals::app
