#include "exporter/scaler_section.h"

#include <algorithm>

#include "exporter/html.h"

namespace mcp_vitals::exporter {

namespace {

using vitals::ScalerFleet;
using vitals::ScalerTrigger;

constexpr std::size_t kMaxFleets = 20;
constexpr std::size_t kMaxFindings = 20;

std::string NameOf(const ScalerTrigger& trigger) {
  return trigger.metric + (trigger.name.empty() ? "" : " (" + trigger.name + ")");
}

bool IsBlind(const ScalerFleet& fleet) {
  return std::any_of(fleet.triggers.begin(), fleet.triggers.end(),
                     [](const ScalerTrigger& trigger) { return !trigger.blind.empty(); });
}

void WriteFact(const std::string& number, const std::string& what, std::ostream& out) {
  out << "<span><b>" << number << "</b> " << Escape(what) << "</span>";
}

void WriteFleet(const ScalerFleet& fleet, std::ostream& out) {
  std::size_t expected = 0;
  for (const auto& [state, count] : fleet.members) expected += count;
  out << "<article class=\""
      << (IsBlind(fleet)           ? "bad"
          : fleet.triggers.empty() ? "none"
                                   : "good")
      << "\"><h2>" << Escape(fleet.name)
      << " <small>a fleet that KEDA scales · <a href=\"/scaling\">why so many</a></small></h2>"
      << "<div class=\"facts\">";
  const auto fresh = fleet.members.find("fresh");
  WriteFact(std::to_string(fresh == fleet.members.end() ? 0 : fresh->second),
            "of " + std::to_string(expected) + " members answer", out);
  WriteFact(std::to_string(fleet.seen), "pods", out);
  for (const ScalerTrigger& trigger : fleet.triggers) {
    WriteFact(trigger.blind.empty() ? std::to_string(trigger.pods) : "–",
              "asked for by " + NameOf(trigger), out);
  }
  out << "</div>";
  if (fleet.triggers.empty()) out << "<p class=\"soft\">KEDA has not asked yet.</p>";
  out << "</article>\n";
}

}  // namespace

std::vector<std::string> FindingsOf(const vitals::ScalerVitals& scaler) {
  std::vector<std::string> findings;
  for (const ScalerFleet& fleet : scaler.fleets) {
    for (const ScalerTrigger& trigger : fleet.triggers) {
      const std::string of = "Fleet " + fleet.name + ", " + NameOf(trigger) + ": ";
      if (!trigger.blind.empty()) {
        findings.push_back(of + "KEDA gets an error, and nothing is scaled: " + trigger.blind +
                           ".");
      } else if (trigger.is_latched) {
        findings.push_back(of + "the latency target is missed, and more pods do not help.");
      } else if (trigger.is_skewed) {
        findings.push_back(of +
                           "the latency target is missed on a few hot pods, which more pods do "
                           "not cure.");
      }
      if (findings.size() == kMaxFindings) return findings;
    }
  }
  return findings;
}

void WriteScalerSection(const vitals::ScalerVitals& scaler, std::ostream& out) {
  const std::size_t shown = std::min(scaler.fleets.size(), kMaxFleets);
  for (std::size_t i = 0; i < shown; ++i) WriteFleet(scaler.fleets[i], out);
  if (shown < scaler.fleets.size()) {
    out << "<p class=\"soft\">and " << scaler.fleets.size() - shown
        << " more fleets: see <a href=\"/scaling\">scaling</a></p>\n";
  }
}

}  // namespace mcp_vitals::exporter
