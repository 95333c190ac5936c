#pragma once

#include <spdlog/sinks/sink.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "app/values.h"

namespace spdlog {
class logger;
}

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

  // A field with an empty value is left out.
  void Debug(std::string_view message, Fields fields = {}) const;
  void Info(std::string_view message, Fields fields = {}) const;
  void Warn(std::string_view message, Fields fields = {}) const;
  void Error(std::string_view message, Fields fields = {}) const;

 private:
  void Write(Level level, std::string_view message, Fields fields) const;
  std::unique_ptr<spdlog::logger> logger_;
  LogFormat format_;
};

spdlog::sink_ptr StandardError();

Parsed<Log::Level> ParseLogLevel(std::string_view text);
Parsed<LogFormat> ParseLogFormat(std::string_view text);

}  // namespace mcp_vitals::app
