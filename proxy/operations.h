#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/envelope.h"
#include "proxy/clock.h"

namespace mcp_vitals::proxy {

class CallAges;

using ExchangeNumber = std::uint64_t;  // of a request and its answer; 0 is none

// A JSON-RPC request that its server has not answered yet.
struct Operation {
  mcp::RpcId id = 0;
  std::string_view method;  // static storage
  std::string tool;         // of tools/call, as its client named it
  Time began;
  ExchangeNumber exchange = 0;  // that its answer is expected on; 0: wherever the session speaks
  Time given_up;                // when nobody expects the answer any more; for exchange 0
  bool is_timed = false;        // that is when its tool has taken longer than it may
  CallAges* ages = nullptr;     // where a call is counted while in flight; for the Observer

  // For its record.
  std::uint64_t session = 0;
  std::uint64_t probe = 0;
  std::string traceparent;
  int status = 0;
  std::uint64_t request_bytes = 0;
  std::uint64_t answer_bytes = 0;
};

// Those under way in one session, or in one exchange that belongs to none. Few, so searched in a
// row.
class Operations {
 public:
  void Add(Operation operation) { list_.push_back(std::move(operation)); }
  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  std::vector<Operation>& list() { return list_; }

  // Takes out the oldest with that id; of two with the same id, one of this exchange.
  std::optional<Operation> Take(mcp::RpcId id, ExchangeNumber exchange);
  // Takes out all for which `is_over` holds.
  template <class Predicate>
  std::vector<Operation> TakeIf(Predicate is_over) {
    std::vector<Operation> taken;
    std::erase_if(list_, [&](Operation& operation) {
      if (!is_over(operation)) return false;
      taken.push_back(std::move(operation));
      return true;
    });
    return taken;
  }

 private:
  std::vector<Operation> list_;
};

}  // namespace mcp_vitals::proxy
