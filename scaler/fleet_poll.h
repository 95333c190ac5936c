#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "scaler/board.h"
#include "scaler/members.h"

namespace mcp_vitals::scaler {

// Asks every member of one fleet for its vitals each second, each by itself: none waits for
// another, and each has a second to answer. What is heard, and what is not, goes to the board.
// Lives on one io_context's thread.
class FleetPoll {
 public:
  // What this process itself would answer; calls back on the thread of the poll.
  using Self = std::function<void(std::string echo,
                                  std::function<void(std::optional<vitals::Snapshot>)> answer)>;
  // `board` outlives the io_context's work. `self` is for Members::self.
  FleetPoll(boost::asio::io_context& context, std::string fleet,
            std::shared_ptr<const Members> members, std::string user_agent, Board& board,
            Self self);
  // What is under way ends by itself, within two seconds.
  ~FleetPoll();
  FleetPoll(const FleetPoll&) = delete;
  FleetPoll& operator=(const FleetPoll&) = delete;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mcp_vitals::scaler
