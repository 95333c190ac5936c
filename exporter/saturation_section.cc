#include "exporter/saturation_section.h"

#include <cstdio>
#include <optional>

namespace mcp_vitals::exporter {

namespace {

using vitals::Saturation;
using vitals::SaturationReport;

std::string Text(const char* format, double number) {
  char text[48];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

std::string Percent(double share) { return Text("%.0f %%", share * 100); }
std::string Count(double number) { return Text("%.0f", number); }
std::string Megabytes(double bytes) { return Text("%.0f MB", bytes / 1e6); }

void WriteFact(std::optional<double> figure, std::string (*show)(double), std::string_view what,
               std::ostream& out) {
  if (figure) out << "<span><b>" << show(*figure) << "</b> " << what << "</span>";
}

}  // namespace

std::vector<std::string> FindingsOf(const SaturationReport& report) {
  std::vector<std::string> findings;
  if (report.saturated()) {
    findings.push_back("The server says that more than " + Percent(report.limit.value_or(0)) +
                       " of its pool or heap is in use.");
  }
  if (report.fetches > 0 && !report.figures) {
    findings.emplace_back(
        "The server's own figures cannot be had: what it says of itself is "
        "unknown now.");
  }
  return findings;
}

void WriteSaturationSection(const SaturationReport& report, std::ostream& out) {
  if (report.endpoint.empty()) return;
  out << "<article class=\""
      << (report.saturated() ? "bad"
          : report.figures   ? "good"
                             : "none")
      << "\"><h2>Saturation <small>as the server says itself</small></h2>";
  if (report.figures) {
    const Saturation& figures = *report.figures;
    out << "<div class=\"facts\">";
    WriteFact(figures.PoolRatio(), Percent, "of the pool", out);
    WriteFact(figures.pool_waiting, Count, "wait for the pool", out);
    WriteFact(figures.HeapRatio(), Percent, "of the heap", out);
    WriteFact(figures.resident, Megabytes, "resident", out);
    WriteFact(figures.active_sessions, Count, "sessions", out);
    WriteFact(figures.active_streams, Count, "streams", out);
    out << "</div>";
  }
  out << "</article>\n";
}

}  // namespace mcp_vitals::exporter
