#include "app/log.h"

#include <spdlog/async.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "mcp/json_writer.h"

namespace mcp_vitals::app {

namespace {

constexpr std::size_t kQueued = 8192;  // lines that may wait to be written

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
constexpr std::array kSpdlogLevels = {spdlog::level::debug, spdlog::level::info,
                                      spdlog::level::warn, spdlog::level::err};

// In logfmt a bare word needs no quotes; a quoted one is written as in JSON.
void AppendLogfmt(std::string& line, std::string_view value) {
  const bool bare = std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  });
  if (bare && !value.empty()) {
    line += value;
  } else {
    mcp::AppendJsonString(line, value);
  }
}

void Append(std::string& line, LogFormat format, std::string_view key, std::string_view value) {
  if (format == LogFormat::kJson) {
    line += ',';
    mcp::AppendJsonString(line, key);
    line += ':';
    mcp::AppendJsonString(line, value);
  } else {
    ((line += ' ') += key) += '=';
    AppendLogfmt(line, value);
  }
}

}  // namespace

Log::Log(spdlog::sink_ptr sink, Level level, LogFormat format)
    : sink_(std::move(sink)),
      level_(level),
      format_(format),
      logger_(std::make_shared<spdlog::logger>("", sink_)) {
  SetPattern();
}

Log::Log(spdlog::sink_ptr sink, Level level, LogFormat format,
         std::shared_ptr<spdlog::details::thread_pool> queue)
    : sink_(std::move(sink)),
      level_(level),
      format_(format),
      queue_(std::move(queue)),
      logger_(std::make_shared<spdlog::async_logger>(
          "", sink_, queue_, spdlog::async_overflow_policy::overrun_oldest)) {
  SetPattern();
}

std::unique_ptr<const Log> Log::Queued() const {
  auto queue = std::make_shared<spdlog::details::thread_pool>(kQueued, 1);
  return std::unique_ptr<const Log>(new Log(sink_, level_, format_, std::move(queue)));
}

std::uint64_t Log::lost() const { return queue_ ? queue_->overrun_counter() : 0; }

void Log::SetPattern() {
  const char* pattern = format_ == LogFormat::kJson ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ"%v})"
                                                    : "ts=%Y-%m-%dT%H:%M:%S.%eZ%v";
  logger_->set_formatter(
      std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  logger_->set_level(kSpdlogLevels[static_cast<std::size_t>(level_)]);
  logger_->flush_on(spdlog::level::debug);
}

Log::~Log() = default;

void Log::Debug(std::string_view message, Fields fields) const {
  Write(Level::kDebug, message, fields);
}
void Log::Info(std::string_view message, Fields fields) const {
  Write(Level::kInfo, message, fields);
}
void Log::Warn(std::string_view message, Fields fields) const {
  Write(Level::kWarn, message, fields);
}
void Log::Error(std::string_view message, Fields fields) const {
  Write(Level::kError, message, fields);
}

void Log::Write(Level level, std::string_view message, Fields fields) const {
  const auto severity = kSpdlogLevels[static_cast<std::size_t>(level)];
  if (!logger_->should_log(severity)) return;
  std::string line;
  Append(line, format_, "level", kLevels[static_cast<std::size_t>(level)]);
  Append(line, format_, "msg", message);
  for (const auto& [key, value] : fields) {
    if (!value.empty()) Append(line, format_, key, value);
  }
  logger_->log(severity, spdlog::string_view_t(line.data(), line.size()));
}

spdlog::sink_ptr StandardError() { return std::make_shared<spdlog::sinks::stderr_sink_mt>(); }

Parsed<Log::Level> ParseLogLevel(std::string_view text) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == text) return static_cast<Log::Level>(i);
  }
  return Wrong{Quote(text) + " is no level (allowed: debug, info, warn, error)"};
}

Parsed<LogFormat> ParseLogFormat(std::string_view text) {
  if (text == "logfmt") return LogFormat::kLogfmt;
  if (text == "json") return LogFormat::kJson;
  return Wrong{Quote(text) + " is no format (allowed: logfmt, json)"};
}

}  // namespace mcp_vitals::app
