#include "tests/faults/table.h"

#include <map>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace mcp_vitals::faults {

namespace {

struct Named {
  Step step;
  std::string_view phase;
};

const std::map<std::string_view, Named>& Steps() {
  static const std::map<std::string_view, Named> steps = {
      {"discover", {Step::kDiscover, "discover"}},
      {"stream", {Step::kStream, "initialize"}},
      {"initialize", {Step::kInitialize, "initialize"}},
      {"initialized", {Step::kInitialized, "initialize"}},
      {"list_tools", {Step::kListTools, "list_tools"}},
      {"canary", {Step::kCanary, "canary"}},
      {"close", {Step::kClose, "close"}},
  };
  return steps;
}

std::vector<std::string> Words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

void PrintTo(const Cell& cell, std::ostream* out) {
  *out << cell.fault << " at " << cell.step << (cell.tls ? " over TLS" : "")
       << ", expected: " << cell.expected;
}

Step StepNamed(std::string_view name) { return Steps().at(name).step; }

std::vector<Cell> ReadTable(std::string_view table, Wire wire, bool detect) {
  std::istringstream in{std::string(table)};
  std::vector<std::string> steps;
  std::vector<Cell> cells;
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> words = Words(line);
    if (words.empty()) continue;
    if (steps.empty()) {
      steps = words;
      continue;
    }
    if (words.size() != steps.size() + 1) throw std::runtime_error("table: " + line);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::string& word = words[i + 1];
      if (word == "-") continue;
      const bool passes = word == "ok" || word == "open";
      const std::string phase(Steps().at(steps[i]).phase);
      for (const bool tls : {false, true}) {
        cells.push_back(
            {wire, detect, tls, steps[i], words[0], passes ? word : word + " in " + phase});
      }
    }
  }
  return cells;
}

}  // namespace mcp_vitals::faults
