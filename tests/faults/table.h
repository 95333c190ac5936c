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
  bool detect;  // the probe has to find the dialect out
  bool tls;
  std::string step;
  std::string fault;
  std::string expected;  // an Outcome
};
void PrintTo(const Cell& cell, std::ostream* out);

// Reads a table: the first line names the steps, each further one a fault and what it leads to at
// each of them: a reason, whose phase is that of the step, or "ok", or "open"; "-" where the fault
// makes no sense. Each entry is a cell over plain TCP and another over TLS.
std::vector<Cell> ReadTable(std::string_view table, Wire wire, bool detect = false);

Step StepNamed(std::string_view name);

}  // namespace mcp_vitals::faults
