#include "exporter/server_section.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "exporter/html.h"

namespace mcp_vitals::exporter {

namespace {

using vitals::Limit;
using vitals::Outcome;
using vitals::ServerVitals;

constexpr std::size_t kMaxRows = 50;
constexpr double kManyErrors = 0.05;     // of a tool's calls
constexpr std::uint64_t kFewCalls = 20;  // too few to say so

// One method, and one tool of tools/call, whatever came of it since the start.
struct Row {
  std::string name;
  vitals::FineHistogram all;
  std::uint64_t errors = 0;
};

std::vector<Row> RowsOf(const ServerVitals& server) {
  std::map<std::pair<std::string_view, std::string_view>, Row> rows;
  for (const auto& [key, histogram] : server.operations) {
    Row& row = rows[{key.method, key.tool}];
    row.name = key.tool.empty() ? std::string(key.method) : "tools/call " + key.tool;
    row.all.Add(histogram);
    // What clients cancel is their own doing.
    const bool failed = key.outcome != Outcome::kOk && key.outcome != Outcome::kCancelled;
    if (failed) row.errors += histogram.count();
  }
  std::vector<Row> sorted;
  sorted.reserve(rows.size());
  for (auto& [key, row] : rows) sorted.push_back(std::move(row));
  std::sort(sorted.begin(), sorted.end(), [](const Row& a, const Row& b) {
    return std::pair(b.all.count(), std::string_view(a.name)) <
           std::pair(a.all.count(), std::string_view(b.name));
  });
  return sorted;
}

std::string Seconds(std::optional<double> seconds) {
  if (!seconds) return "–";
  char text[32];
  std::snprintf(text, sizeof text, *seconds < 1 ? "%.1f ms" : "%.2f s",
                *seconds < 1 ? *seconds * 1000 : *seconds);
  return text;
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, share < 0.1 ? "%.1f %%" : "%.0f %%", share * 100);
  return text;
}

std::string Count(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

void WriteFact(std::uint64_t number, std::string_view what, std::ostream& out) {
  out << "<span><b>" << number << "</b> " << what << "</span>";
}

std::string_view WordsOf(Limit limit) {
  switch (limit) {
    case Limit::kConnections:
      return "connections closed at once: limits.max_connections was reached";
    case Limit::kQueueFull:
      return "requests refused: limits.max_in_flight was reached and the queue was full";
    case Limit::kQueueTimeout:
      return "requests refused after limits.queue_timeout in the queue";
    case Limit::kToolTimeout:
      return "calls that took longer than their tool may";
    default:
      return "";
  }
}

}  // namespace

std::vector<std::string> FindingsOf(const ServerVitals& server) {
  std::vector<std::string> findings;
  if (server.drain != vitals::DrainState::kServing) {
    findings.push_back("The proxy is on its way out: " + std::string(ToString(server.drain)) + ".");
  }
  if (server.cut_by_drain > 0) {
    findings.push_back("The drain has cut " + Count(server.cut_by_drain, "exchange", "exchanges") +
                       " still under way at its end.");
  }
  for (const Row& row : RowsOf(server)) {
    const double share = static_cast<double>(row.errors) / static_cast<double>(row.all.count());
    if (row.all.count() < kFewCalls || share < kManyErrors) continue;
    findings.push_back(Percent(share) + " of " + row.name + " have failed since the start (" +
                       std::to_string(row.errors) + " of " + std::to_string(row.all.count()) +
                       ").");
  }
  if (server.idle_cut_seconds) {
    findings.push_back("Streams end again and again after about " +
                       Seconds(server.idle_cut_seconds) +
                       " of silence, not by their server: an idle timer on the way.");
  }
  if (server.sessions.abandoned > 0) {
    findings.push_back(Count(server.sessions.abandoned, "session is", "sessions are") +
                       " alive without a stream, and nothing is heard: their clients are idle, "
                       "or have left without ending them.");
  }
  std::uint64_t silent = 0;
  for (const auto& stream : server.streams) silent += stream.silent;
  if (silent > 0) {
    findings.push_back("Nothing comes on " + Count(silent, "live stream.", "live streams."));
  }
  for (std::size_t i = 0; i < vitals::kLimitCount; ++i) {
    const std::string_view words = WordsOf(static_cast<Limit>(i));
    if (server.limits_hit[i] == 0 || words.empty()) continue;
    findings.push_back("Since the start: " + std::to_string(server.limits_hit[i]) + " " +
                       std::string(words) + ".");
  }
  return findings;
}

void WriteFindings(const std::vector<std::string>& findings, std::ostream& out) {
  if (findings.empty()) return;
  out << "<ul class=\"wrong\">";
  for (const std::string& finding : findings) out << "<li>" << Escape(finding) << "</li>";
  out << "</ul>\n";
}

void WriteServerSection(const std::string& name, const ServerVitals& server, std::ostream& out) {
  out << "<article><h2>" << Escape(name) << " <small>behind the proxy</small></h2>"
      << "<div class=\"facts\">";
  for (std::size_t i = 0; i < vitals::kStreamKindCount; ++i) {
    const auto kind = static_cast<vitals::StreamKind>(i);
    WriteFact(server.of(kind).live, std::string(ToString(kind)) + " streams", out);
  }
  WriteFact(server.sessions.live, "sessions", out);
  WriteFact(server.operations_in_flight, "in flight", out);
  WriteFact(server.connections, "connections", out);
  out << "</div>";
  const std::vector<Row> rows = RowsOf(server);
  if (!rows.empty()) {
    out << "<table><tr><th>operation</th><th>count</th><th>errors</th><th>median</th><th>p95</th>"
           "</tr>";
  }
  for (std::size_t i = 0; i < std::min(rows.size(), kMaxRows); ++i) {
    const Row& row = rows[i];
    out << "<tr><td>" << Escape(row.name) << "</td><td>" << row.all.count() << "</td><td>"
        << row.errors << "</td><td>" << Seconds(row.all.Quantile(0.5)) << "</td><td>"
        << Seconds(row.all.Quantile(0.95)) << "</td></tr>";
  }
  if (!rows.empty()) out << "</table>";
  if (rows.size() > kMaxRows) {
    out << "<p class=\"soft\">and " << rows.size() - kMaxRows << " more</p>";
  }
  out << "</article>\n";
}

}  // namespace mcp_vitals::exporter
