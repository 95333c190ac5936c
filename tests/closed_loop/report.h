#pragma once

#include <string>
#include <vector>

#include "tests/closed_loop/run.h"

namespace mcp_vitals::closed_loop {

// All contestants in one scenario.
struct Comparison {
  Scenario scenario;
  std::vector<Outcome> outcomes;  // in the order of the contestants
};

// As Markdown: one scenario, and all together with what the first contestant is to reach.
std::string Table(const Comparison& comparison, const std::vector<Contestant>& contestants);
std::string Summary(const std::vector<Comparison>& all, const std::vector<Contestant>& contestants);
// All numbers, for programs.
std::string Json(const std::vector<Comparison>& all, const std::vector<Contestant>& contestants);

// A picture of each scenario, results.md and results.json. False when one can't be written.
bool Write(const std::string& folder, const std::vector<Comparison>& all,
           const std::vector<Contestant>& contestants);

}  // namespace mcp_vitals::closed_loop
