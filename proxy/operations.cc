#include "proxy/operations.h"

#include <algorithm>

namespace mcp_vitals::proxy {

std::optional<Operation> Operations::Take(mcp::RpcId id, ExchangeNumber exchange) {
  const auto same_id = [id](const Operation& operation) { return operation.id == id; };
  auto found = std::find_if(list_.begin(), list_.end(), [&](const Operation& operation) {
    return same_id(operation) && operation.exchange == exchange;
  });
  if (found == list_.end()) found = std::find_if(list_.begin(), list_.end(), same_id);
  if (found == list_.end()) return std::nullopt;
  Operation operation = std::move(*found);
  list_.erase(found);
  return operation;
}

}  // namespace mcp_vitals::proxy
