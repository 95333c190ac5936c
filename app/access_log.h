#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>

#include "app/config.h"
#include "app/log.h"
#include "proxy/operation_record.h"

namespace mcp_vitals::app {

// One line for each operation that has ended: of a sample of them, and of all that were slow. It
// never waits: when lines come faster than they can be written, the oldest are lost, and counted.
// Used from the proxy's thread, but for `lost`.
class AccessLog {
 public:
  AccessLog(const Log& log, const AccessLogConfig& config);

  void Write(const proxy::OperationRecord& record);
  std::uint64_t lost() const { return log_->lost(); }  // lines, any thread

 private:
  const AccessLogConfig config_;
  const std::unique_ptr<const Log> log_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace mcp_vitals::app
