#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "scaler/board.h"
#include "scaler/prometheus_source.h"

namespace mcp_vitals::scaler {

// Asks Prometheus about one fleet every ten seconds, of which an answer may take five. What is
// told, and what is not, goes to the board. Lives on one io_context's thread.
class PrometheusPoll {
 public:
  // `board` outlives the io_context's work.
  PrometheusPoll(boost::asio::io_context& context, std::string fleet,
                 std::shared_ptr<const PrometheusSource> source, std::string user_agent,
                 Board& board);
  // What is under way ends by itself, within five seconds.
  ~PrometheusPoll();
  PrometheusPoll(const PrometheusPoll&) = delete;
  PrometheusPoll& operator=(const PrometheusPoll&) = delete;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::scaler
