#include "exporter/catalogue.h"

#include <gmock/gmock.h>

#include <map>
#include <regex>
#include <sstream>

#include "exporter/metrics.h"

// The pages and the catalogue hold the same metrics.
namespace mcp_vitals::exporter {
namespace {

using ::testing::UnorderedElementsAreArray;

// A result in which everything is known.
vitals::ProbeResult Everything(bool success) {
  vitals::ProbeResult result;
  result.target = "a";
  result.success = success;
  if (!success) {
    result.reason = vitals::Reason::kCanaryFailed;
    result.phase = vitals::Phase::kCanary;
  }
  for (auto& phase : result.phases) phase = vitals::Seconds(0.1);
  result.tools = 2;
  result.schema_change = vitals::SchemaSeverity::kSafe;
  result.canary_success = success;
  result.health_status = 200;
  result.http_status = 200;
  result.http_version = "1.1";
  result.tls_version = "TLSv1.3";
  result.certificate.emplace();
  result.certificate->not_after = result.certificate->earliest_not_after =
      std::chrono::sys_seconds(std::chrono::hours(1));
  result.address = "192.0.2.1";
  result.era = "modern";
  result.protocol_version = "2026-07-28";
  result.transport = "streamable_http";
  result.server_name = "server";
  result.server_version = "1.0";
  result.address_scope = vitals::AddressScope::kLoopback;
  return result;
}

vitals::SaturationReport AllFigures() {
  vitals::SaturationReport report;
  report.fetches = 1;
  report.last_success = std::chrono::system_clock::now();
  vitals::Saturation& figures = report.figures.emplace();
  for (auto* figure :
       {&figures.pool_total, &figures.pool_idle, &figures.pool_waiting, &figures.heap_used,
        &figures.heap_total, &figures.heap_limit, &figures.resident, &figures.active_sessions}) {
    *figure = 1;
  }
  return report;
}

// Name and label names of every sample, "name{a,b}", without those of histograms' parts.
std::multimap<std::string, std::string> SamplesOf(const std::string& page) {
  std::multimap<std::string, std::string> samples;
  static const std::regex kSample(R"(^([a-z0-9_]+)(\{(.*)\})? \S+$)");
  static const std::regex kLabel(R"re(([a-z_]+)="(?:[^"\\]|\\.)*",?)re");
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.starts_with('#')) continue;
    if (!std::regex_match(line, match, kSample)) {
      ADD_FAILURE() << "no sample: " << line;
      continue;
    }
    std::string labels;
    const std::string text = match[3];
    for (std::sregex_iterator i(text.begin(), text.end(), kLabel), end; i != end; ++i) {
      if ((*i)[1] == "le") continue;
      labels += (labels.empty() ? "" : ", ") + (*i)[1].str();
    }
    samples.emplace(std::regex_replace(match[1].str(), std::regex("_(bucket|sum|count)$"), ""),
                    labels);
  }
  return samples;
}

std::vector<std::string> TypeLines(const std::string& page) {
  std::vector<std::string> found;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) found.push_back(line.substr(7));
  }
  return found;
}

void ExpectRow(const Metric& metric, const std::string& page, std::string labels) {
  if (!metric.labels.empty()) labels += (labels.empty() ? "" : ", ") + std::string(metric.labels);
  const auto samples = SamplesOf(page);
  const std::string name(metric.name);
  EXPECT_GT(samples.count(name), 0u) << name;
  const auto [begin, end] = samples.equal_range(name);
  for (auto sample = begin; sample != end; ++sample) EXPECT_EQ(sample->second, labels) << name;
}

vitals::ServerVitals EverythingBehind() {
  vitals::ServerVitals server;
  server.requests[{"tools/call", 200}] = 1;
  server.operations[{"tools/call", vitals::Outcome::kToolError, "add"}].Observe(1);
  server.idle_cut_seconds = 60;
  server.server_messages["ping"] = 1;
  server.own_canaries[vitals::ProbeTag("a")] = {};
  return server;
}

vitals::ScalerVitals EverythingOfAScaler() {
  vitals::ScalerFleet fleet;
  fleet.name = "f";
  fleet.members["fresh"] = 1;
  fleet.pods["serving"] = 1;
  fleet.decisions["streams"] = 1;
  fleet.triggers.push_back({"load", "buffer=1", "", 1, 1, true, false, false});
  return {{fleet}, 1, {{{"IsActive", "OK"}, 1}}};
}

class CataloguePagesTest : public ::testing::Test {
 protected:
  CataloguePagesTest() {
    probes_.SetTargets({{"a", "here"}});
    probes_.Record(Everything(true));
    self_.version = "1.0";
    self_.config_reload_success_seconds = 1'800'000'000;
  }
  std::string MetricsPage() {
    std::ostringstream page;
    MetricsSource source;
    source.probes = &probes_;
    source.self = &self_;
    source.server = "s";
    source.behind = std::make_shared<const vitals::ServerVitals>(EverythingBehind());
    source.saturation = AllFigures();
    source.connections.bypassing = 1;
    source.scaler = EverythingOfAScaler();
    WriteMetrics(source, page);
    return page.str();
  }
  static std::string ProbePage(bool success) {
    std::ostringstream page;
    WriteProbe(Everything(success), page);
    return page.str();
  }
  vitals::ProbeVitals probes_;
  SelfVitals self_;
};

TEST_F(CataloguePagesTest, EveryRowIsOnItsPageWithItsLabels) {
  const std::string metrics = MetricsPage();
  const std::string probe = ProbePage(false);
  for (const auto& row : TargetMetrics()) ExpectRow(row.metric, metrics, "target, vantage");
  for (const auto& row : ResultMetrics()) ExpectRow(row.metric, metrics, "target, vantage");
  for (const auto& row : LayerMetrics()) ExpectRow(row.metric, metrics, "target, vantage");
  for (const auto& row : ServerMetrics()) ExpectRow(row.metric, metrics, "server");
  for (const auto& row : SaturationMetrics()) ExpectRow(row.metric, metrics, "server");
  for (const auto& row : ScalerMetrics()) ExpectRow(row.metric, metrics, "");
  for (const auto& row : SelfMetrics()) ExpectRow(row.metric, metrics, "");
  for (const auto& row : ResultMetrics()) ExpectRow(row.metric, probe, "");
  for (const auto& row : ProbeMetrics()) ExpectRow(row.metric, probe, "");
}

TEST_F(CataloguePagesTest, NothingElseIsOnThePages) {
  const std::map<prometheus::MetricType, std::string> kinds = {
      {prometheus::MetricType::Counter, "counter"},
      {prometheus::MetricType::Gauge, "gauge"},
      {prometheus::MetricType::Histogram, "histogram"}};
  std::vector<std::string> on_metrics, on_probe;
  const auto add = [&](std::vector<std::string>& page, const auto& rows) {
    for (const auto& row : rows) {
      page.push_back(std::string(row.metric.name) + " " + kinds.at(row.metric.type));
    }
  };
  add(on_metrics, TargetMetrics());
  add(on_metrics, ResultMetrics());
  add(on_metrics, LayerMetrics());
  add(on_metrics, ServerMetrics());
  add(on_metrics, SaturationMetrics());
  add(on_metrics, ScalerMetrics());
  add(on_metrics, SelfMetrics());
  add(on_probe, ResultMetrics());
  add(on_probe, ProbeMetrics());
  EXPECT_THAT(TypeLines(MetricsPage()), UnorderedElementsAreArray(on_metrics));
  EXPECT_THAT(TypeLines(ProbePage(false)), UnorderedElementsAreArray(on_probe));
}

TEST_F(CataloguePagesTest, ASuccessHasNoReason) {
  EXPECT_EQ(ProbePage(true).find("mcp_probe_failure_info"), std::string::npos);
}

}  // namespace
}  // namespace mcp_vitals::exporter
