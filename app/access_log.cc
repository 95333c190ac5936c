#include "app/access_log.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <string>

#include "proxy/clock.h"

namespace mcp_vitals::app {

namespace {

std::string Hex(std::uint64_t number) {
  if (number == 0) return "";
  std::array<char, 17> digits;
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(number));
  return digits.data();
}

std::string Seconds(double seconds) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.6f", seconds);
  return text.data();
}

}  // namespace

AccessLog::AccessLog(const Log& log, const AccessLogConfig& config)
    : config_(config), log_(log.Queued()) {}

void AccessLog::Write(const proxy::OperationRecord& record) {
  const bool slow = record.seconds >= std::chrono::duration<double>(config_.slow_call).count();
  if (!slow && std::uniform_real_distribution<>()(random_) >= config_.sample) return;
  log_->Info("operation", {{"session", Hex(record.session)},
                           {"method", record.method},
                           {"tool", record.tool},
                           {"error_type", ToString(record.outcome)},
                           {"seconds", Seconds(record.seconds)},
                           {"slow", slow ? "true" : ""},
                           {"status", record.status == 0 ? "" : std::to_string(record.status)},
                           {"request_bytes", std::to_string(record.request_bytes)},
                           {"answer_bytes", std::to_string(record.answer_bytes)},
                           {"traceparent", record.traceparent}});
}

}  // namespace mcp_vitals::app
