#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "tests/faults/fake_server.h"

namespace mcp_vitals::faults {

// One cell of a table: what a server does at which step, and what a probe must say of it.
struct Cell {
  Wire wire;
  bool tls;
  std::string step;
  std::string fault;
  std::string expected;  // an Outcome
};
void PrintTo(const Cell& cell, std::ostream* out);

// Reads a table: the first line names the steps, each further one a fault and what it leads to at
// each of them: a reason, whose phase is that of the step, or "ok", or "open"; "-" where the fault
// makes no sense.
std::vector<Cell> ReadTable(Wire wire, bool tls, std::string_view table);

Step StepNamed(std::string_view name);

}  // namespace mcp_vitals::faults
