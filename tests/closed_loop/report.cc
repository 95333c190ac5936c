#include "tests/closed_loop/report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "tests/closed_loop/picture.h"

namespace mcp_vitals::closed_loop {

namespace {

Outcome Total(const std::vector<Comparison>& all, std::size_t contestant) {
  Outcome total;
  for (const Comparison& comparison : all) {
    const Outcome& one = comparison.outcomes[contestant];
    total.pod_hours += one.pod_hours;
    total.minutes_over += one.minutes_over;
    total.minutes += one.minutes;
    total.cut += one.cut;
    total.turns += one.turns;
    total.calls += one.calls;
    total.lost += one.lost;
    total.minutes_without += one.minutes_without;
    total.most = std::max(total.most, one.most);
    total.least = &comparison == &all.front() ? one.least : std::min(total.least, one.least);
  }
  return total;
}

double LostPercent(const Outcome& outcome) {
  return outcome.calls == 0
             ? 0
             : 100.0 * static_cast<double>(outcome.lost) / static_cast<double>(outcome.calls);
}

constexpr const char* kHead =
    "| scaler | pod-hours | minutes over target | streams cut | turns | least | most | calls lost "
    "| client-minutes without stream |\n|:--|--:|--:|--:|--:|--:|--:|--:|--:|\n";

std::string Row(const std::string& name, const Outcome& outcome) {
  char text[200];
  std::snprintf(text, sizeof text,
                "| %-13s | %6.1f | %6.1f | %5llu | %3d | %2d | %3d | %5.2f %% | %5.0f |\n",
                name.c_str(), outcome.pod_hours, outcome.minutes_over,
                static_cast<unsigned long long>(outcome.cut), outcome.turns, outcome.least,
                outcome.most, LostPercent(outcome), outcome.minutes_without);
  return text;
}

std::string JsonOf(const Outcome& outcome) {
  char text[300];
  std::snprintf(text, sizeof text,
                R"({"pod_hours":%.2f,"minutes_over":%.2f,"minutes":%.0f,"cut":%llu,"turns":%d,)"
                R"("least":%d,"most":%d,"lost_percent":%.3f,"minutes_without":%.1f})",
                outcome.pod_hours, outcome.minutes_over, outcome.minutes,
                static_cast<unsigned long long>(outcome.cut), outcome.turns, outcome.least,
                outcome.most, LostPercent(outcome), outcome.minutes_without);
  return text;
}

// What the first has to be as good as: of the others, the least time over the target, the fewest
// pod-hours of those that hold the target (no more than a tenth more time over it than the best),
// and the fewest streams cut by one that holds it.
std::string Goals(const std::vector<Outcome>& totals, const std::vector<Contestant>& contestants) {
  if (totals.size() < 2) return "";
  const auto begin = totals.begin() + 1;
  const auto name = [&](auto one) {
    return contestants[static_cast<std::size_t>(one - totals.begin())].name;
  };
  const auto best = std::min_element(begin, totals.end(), [](const auto& a, const auto& b) {
    return a.minutes_over < b.minutes_over;
  });
  auto cheapest = best;
  auto gentlest = best;
  for (auto one = begin; one != totals.end(); ++one) {
    if (one->minutes_over > 1.1 * best->minutes_over) continue;
    if (one->pod_hours < cheapest->pod_hours) cheapest = one;
    if (one->cut < gentlest->cut) gentlest = one;
  }
  const Outcome& ours = totals.front();
  char text[600];
  std::snprintf(text, sizeof text,
                "\n- Minutes over the target: %.1f; the best of the others %.1f (%s).\n"
                "- Pod-hours: %.1f, which is %+.0f %% against the cheapest that holds the target "
                "(%s, %.1f).\n"
                "- Streams cut: %llu; the fewest of those that hold the target %llu (%s).\n",
                ours.minutes_over, best->minutes_over, name(best).c_str(), ours.pod_hours,
                100 * (ours.pod_hours / cheapest->pod_hours - 1), name(cheapest).c_str(),
                cheapest->pod_hours, static_cast<unsigned long long>(ours.cut),
                static_cast<unsigned long long>(gentlest->cut), name(gentlest).c_str());
  return text;
}

bool Save(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  return static_cast<bool>(file << text);
}

}  // namespace

std::string Table(const Comparison& comparison, const std::vector<Contestant>& contestants) {
  std::string text = "\n### " + comparison.scenario.name + "\n" + comparison.scenario.what + "\n\n";
  text += kHead;
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    text += Row(contestants[i].name, comparison.outcomes[i]);
  }
  return text;
}

std::string Summary(const std::vector<Comparison>& all,
                    const std::vector<Contestant>& contestants) {
  std::string text = std::string("\n### All together\n\n") + kHead;
  std::vector<Outcome> totals;
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    totals.push_back(Total(all, i));
    text += Row(contestants[i].name, totals.back());
  }
  return text + Goals(totals, contestants);
}

std::string Json(const std::vector<Comparison>& all, const std::vector<Contestant>& contestants) {
  std::string text = "{";
  for (const Comparison& comparison : all) {
    text += (text.size() > 1 ? ",\n\"" : "\n\"") + comparison.scenario.name + "\":{";
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      text += (i == 0 ? "\n  \"" : ",\n  \"") + contestants[i].name +
              "\":" + JsonOf(comparison.outcomes[i]);
    }
    text += "}";
  }
  return text + "}\n";
}

bool Write(const std::string& folder, const std::vector<Comparison>& all,
           const std::vector<Contestant>& contestants) {
  std::string page =
      "# The closed loop: results\n\nWritten by `make closed-loop`; tests/closed_loop/README.md "
      "says "
      "what is simulated and how.\n\n| scaler | configuration |\n|:--|:--|\n";
  for (const Contestant& one : contestants) page += "| " + one.name + " | " + one.what + " |\n";
  page += Summary(all, contestants);
  bool is_good = true;
  for (const Comparison& comparison : all) {
    const std::string picture = comparison.scenario.name + ".svg";
    page +=
        Table(comparison, contestants) + "\n![" + comparison.scenario.name + "](" + picture + ")\n";
    is_good = Save(folder + "/" + picture, Draw(comparison, contestants)) && is_good;
  }
  is_good = Save(folder + "/results.md", page) && is_good;
  return Save(folder + "/results.json", Json(all, contestants)) && is_good;
}

}  // namespace mcp_vitals::closed_loop
