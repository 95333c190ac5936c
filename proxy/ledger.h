#pragma once

#include <cstddef>
#include <string_view>

#include "proxy/tool_names.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

// Writes what was seen into the vitals, and keeps its labels within bounds: the series of
// operations have a budget. One thread.
class Ledger {
 public:
  // The arguments outlive it.
  Ledger(vitals::ServerVitals& vitals, ToolNames& tools, std::size_t series_budget)
      : vitals_(vitals), tools_(tools), series_budget_(series_budget) {}

  vitals::ServerVitals& vitals() { return vitals_; }
  ToolNames& tools() { return tools_; }

  void CountRequest(std::string_view method, int status) { ++vitals_.requests[{method, status}]; }
  // `tool`: as called, or "" for another method.
  void CountOperation(std::string_view method, std::string_view tool, vitals::Outcome outcome,
                      double seconds);

 private:
  vitals::ServerVitals& vitals_;
  ToolNames& tools_;
  const std::size_t series_budget_;
};

}  // namespace mcp_vitals::proxy
