#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "tests/closed_loop/hpa_cases.h"
#include "tests/closed_loop/report.h"

namespace mcp_vitals::closed_loop {
namespace {

void PrintSeries(const Outcome& outcome) {
  std::printf("%8s %7s %7s %6s %5s %5s %8s %7s  %s\n", "time", "wanted", "streams", "flight",
              "scale", "ready", "pods", "p95", "");
  for (const Sample& sample : outcome.samples) {
    std::printf("%2d:%02d:%02d %7.0f %7zu %6zu %5d %5d %8d %7.2f%s %s\n", sample.at / 3600,
                sample.at / 60 % 60, sample.at % 60, sample.wanted, sample.streams,
                sample.in_flight, sample.replicas, sample.ready, sample.pods, sample.quantile,
                sample.is_over ? "!" : " ", sample.note.c_str());
  }
}

bool IsAmong(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

int Main(int argc, char** argv) {
  CLI::App app("Compares ways to scale on the same simulated traffic");
  std::vector<std::string> scenarios, contestants, metadata;
  std::string out;
  std::uint64_t seed = 1;
  bool is_verbose = false;
  app.add_option("--scenario", scenarios, "only these (default: all)");
  app.add_option("--scaler", contestants, "only these (default: all)");
  app.add_option("--ours", metadata, "key=value of our trigger's metadata");
  app.add_option("--seed", seed, "of the traffic");
  app.add_option("--out", out, "folder for pictures and a summary");
  bool answers_hpa_cases = false;
  app.add_flag("--verbose", is_verbose, "how things stood each 15 seconds");
  app.add_flag("--hpa-cases", answers_hpa_cases, "answer the cases of tests/hpa, a line each");
  CLI11_PARSE(app, argc, argv);
  if (answers_hpa_cases) {
    for (std::string line; std::getline(std::cin, line);) {
      std::puts(AnswerHpaCase(line).c_str());
    }
    return 0;
  }

  std::vector<std::pair<std::string, std::string>> ours;
  for (const std::string& one : metadata) {
    const auto split = one.find('=');
    if (split == std::string::npos) return 2;
    ours.emplace_back(one.substr(0, split), one.substr(split + 1));
  }
  std::vector<Contestant> competing;
  for (Contestant& one : AllContestants()) {
    if (one.name == "ours") one = Ours(ours);
    if (IsAmong(contestants, one.name)) competing.push_back(std::move(one));
  }
  std::vector<Comparison> all;
  for (const Scenario& scenario : AllScenarios()) {
    if (!IsAmong(scenarios, scenario.name)) continue;
    Comparison& comparison = all.emplace_back();
    comparison.scenario = scenario;
    for (const Contestant& contestant : competing) {
      comparison.outcomes.push_back(Simulate(scenario, contestant, seed));
      if (is_verbose) {
        std::printf("\n%s, %s\n", scenario.name.c_str(), contestant.what.c_str());
        PrintSeries(comparison.outcomes.back());
      }
    }
    std::fputs(Table(comparison, competing).c_str(), stdout);
    std::fflush(stdout);
  }
  std::fputs(Summary(all, competing).c_str(), stdout);
  if (out.empty() || Write(out, all, competing)) return 0;
  std::fprintf(stderr, "can't write into %s\n", out.c_str());
  return 1;
}

}  // namespace
}  // namespace mcp_vitals::closed_loop

int main(int argc, char** argv) { return mcp_vitals::closed_loop::Main(argc, argv); }
