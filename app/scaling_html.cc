#include "app/scaling_html.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "app/scaling_chart.h"
#include "exporter/html.h"
#include "scaler/explain.h"
#include "scaler/words.h"

namespace mcp_vitals::app {

namespace {

using exporter::Escape;
using scaler::Decision;
using scaler::FleetReport;
using scaler::TriggerReport;

bool IsBlind(const Decision& last) { return std::holds_alternative<scaler::Blind>(last.answer); }

// What a trigger's headline is to be noticed by; "" for nothing.
std::string_view StateOf(const Decision& last) {
  if (IsBlind(last)) return "blind";
  if (last.advice == scaler::LatencyAdvice::kLatched) return "pods do not cure this";
  if (last.advice == scaler::LatencyAdvice::kHotPods) return "hot pods";
  const scaler::Doubts& doubts = last.doubts;
  if (doubts.rival) return "another scaler asks for more";
  const bool is_partial =
      doubts.silent || doubts.unheard || doubts.refused || doubts.list_old || doubts.partial;
  if (is_partial) return "not all is seen";
  return "";
}

void WriteFact(const std::string& number, const std::string& what, std::ostream& out) {
  out << "<span><b>" << number << "</b> " << Escape(what) << "</span>";
}

void WriteSentences(std::string_view title, const std::vector<std::string>& sentences,
                    std::ostream& out) {
  if (sentences.empty()) return;
  out << "<div><h4>" << title << "</h4><ul>";
  for (const std::string& sentence : sentences) out << "<li>" << Escape(sentence) << "</li>";
  out << "</ul></div>";
}

void WriteTrigger(const TriggerReport& trigger, scaler::Time now, std::ostream& out) {
  const Decision& last = trigger.last;
  const scaler::Explanation told = Explain(trigger.policy, last);
  out << "<section><h3>" << ToString(trigger.policy.metric);
  if (!trigger.name.empty()) out << " <small>" << Escape(trigger.name) << "</small>";
  if (const auto state = StateOf(last); !state.empty()) out << " <b>" << state << "</b>";
  out << " <small>rule: " << ToString(last.rule) << " · asked for "
      << scaler::Age(trigger.asked_ago) << " ago</small></h3><div class=\"facts\">";
  WriteFact(IsBlind(last) ? "–" : std::to_string(last.pods), "pods asked for", out);
  WriteFact(std::to_string(last.seen), "pods seen", out);
  WriteFact(scaler::Number(last.streams), "streams that count", out);
  WriteFact(scaler::Number(last.in_flight), "in flight", out);
  if (last.latency.calls > 0) {
    WriteFact(scaler::Percent(last.latency.share),
              "over " + scaler::Duration(trigger.policy.latency_target), out);
  }
  out << "</div><p><strong>" << Escape(told.answer) << "</strong></p><p>" << Escape(told.hpa)
      << "</p>";
  WriteChart(trigger.history, now, out);
  out << "<div class=\"columns\">";
  WriteSentences("What decided", told.why, out);
  WriteSentences("What is seen", told.inputs, out);
  WriteSentences("What would change it", told.changes, out);
  out << "</div></section>\n";
}

void WriteMembers(const FleetReport& fleet, std::ostream& out) {
  const scaler::FleetFacts& facts = fleet.facts;
  out << "<div class=\"facts\">";
  WriteFact(std::to_string(facts.fresh), "of " + std::to_string(facts.expected) + " members seen",
            out);
  const auto add = [&out](std::size_t count, const char* what) {
    if (count > 0) WriteFact(std::to_string(count), what, out);
  };
  add(facts.silent, "silent");
  add(facts.unheard, "never heard");
  add(facts.refused, "refused");
  add(facts.starting, "pods starting");
  add(facts.draining, "pods draining");
  out << "</div>";
  std::vector<std::string> troubles = fleet.troubles;
  if (!fleet.list_trouble.empty()) troubles.insert(troubles.begin(), fleet.list_trouble);
  if (troubles.empty()) return;
  out << "<ul class=\"wrong\">";
  for (const std::string& trouble : troubles) out << "<li>" << Escape(trouble) << "</li>";
  const std::size_t all = facts.silent + facts.unheard + facts.refused;
  if (all > fleet.troubles.size()) out << "<li>and " << all - fleet.troubles.size() << " more</li>";
  out << "</ul>";
}

}  // namespace

bool IsTroubled(const FleetReport& fleet) {
  return !fleet.list_trouble.empty() || !fleet.troubles.empty() ||
         std::any_of(fleet.triggers.begin(), fleet.triggers.end(),
                     [](const TriggerReport& trigger) { return !StateOf(trigger.last).empty(); });
}

void WriteFleetHtml(const FleetReport& fleet, std::ostream& out) {
  out << "<article class=\""
      << (IsTroubled(fleet)        ? "bad"
          : fleet.triggers.empty() ? "none"
                                   : "good")
      << "\"><h2>" << Escape(fleet.fleet) << "</h2>";
  WriteMembers(fleet, out);
  if (fleet.triggers.empty()) out << "<p class=\"soft\">KEDA has not asked yet.</p>";
  for (const TriggerReport& trigger : fleet.triggers) WriteTrigger(trigger, fleet.now, out);
  out << "</article>\n";
}

}  // namespace mcp_vitals::app
