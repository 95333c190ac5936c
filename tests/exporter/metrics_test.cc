#include "exporter/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "exporter/catalogue.h"

namespace mcp_vitals::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;

vitals::ProbeResult Healthy(std::string target) {
  vitals::ProbeResult result;
  result.target = std::move(target);
  result.url = "https://mcp.example.com/mcp";
  result.success = true;
  result.era = "modern";
  result.protocol_version = "2026-07-28";
  result.tools = 3;
  result.phases[0] = vitals::Seconds(0.015);
  result.duration = vitals::Seconds(0.3);
  return result;
}

class MetricsTest : public testing::Test {
 protected:
  std::string Written(std::map<std::string, std::string> labels = {}) {
    std::ostringstream out;
    MetricsSource source;
    source.probes = &probes_;
    source.self = &self_;
    source.constant_labels = std::move(labels);
    WriteMetrics(source, out);
    return out.str();
  }
  vitals::ProbeVitals probes_;
  SelfVitals self_;
};

TEST_F(MetricsTest, ReasonsAndSeveritiesAreThereAtZeroFromTheStart) {
  probes_.SetTargets({{"a", "eu"}});
  const std::string text = Written();
  EXPECT_THAT(text, HasSubstr(R"(mcp_probes_total{target="a",vantage="eu"} 0)"));
  for (std::size_t i = 0; i < vitals::kReasonCount; ++i) {
    const std::string reason(ToString(static_cast<vitals::Reason>(i)));
    EXPECT_THAT(text, HasSubstr("mcp_probe_failures_total{target=\"a\",vantage=\"eu\",reason=\"" +
                                reason + "\"} 0"));
  }
  EXPECT_THAT(text, HasSubstr("severity=\"breaking\"} 0"));
}

TEST_F(MetricsTest, WhatIsNotKnownIsAbsent) {
  probes_.SetTargets({{"a", ""}});
  const std::string text = Written();
  EXPECT_THAT(text, Not(HasSubstr("mcp_probe_success{")));
  EXPECT_THAT(text, Not(HasSubstr("mcp_probe_tools{")));
  EXPECT_THAT(text, Not(HasSubstr("mcp_probe_last_success")));
  EXPECT_THAT(text, Not(HasSubstr("mcp_pod_startup_duration_seconds ")));
}

TEST_F(MetricsTest, TellsWhatAProbeFound) {
  probes_.SetTargets({{"a", ""}});
  probes_.Record(Healthy("a"));
  const std::string text = Written({{"team", "search"}});
  EXPECT_THAT(text, HasSubstr(R"(mcp_probe_success{team="search",target="a"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(mcp_probe_tools{team="search",target="a"} 3)"));
  EXPECT_THAT(
      text,
      HasSubstr(
          R"(mcp_probe_duration_seconds_bucket{team="search",target="a",phase="resolve",le="0.02"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(phase="total",le="0.5"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(protocol_version="2026-07-28")"));
}

TEST_F(MetricsTest, EscapesWhatServersSay) {
  probes_.SetTargets({{"a", ""}});
  vitals::ProbeResult result = Healthy("a");
  result.server_name = "evil\"} 1\nmcp_probe_success 0 \xff\\";
  probes_.Record(result);
  EXPECT_THAT(Written(), HasSubstr(R"(server_name="evil\"} 1\nmcp_probe_success 0 �\\")"));
}

TEST_F(MetricsTest, ManyTargetsHaveHelpAndTypeOncePerMetric) {
  std::vector<vitals::ProbeVitals::Key> keys;
  for (int i = 0; i < 300; ++i) keys.push_back({"target-" + std::to_string(i), ""});
  probes_.SetTargets(keys);
  std::istringstream lines(Written());
  std::set<std::string> families;
  std::string line;
  int samples = 0;
  while (std::getline(lines, line)) {
    if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(families.insert(line).second) << line;
    }
    if (line.starts_with("mcp_probes_total{")) ++samples;
  }
  EXPECT_EQ(samples, 300);
}

TEST_F(MetricsTest, StopsWhenTheClientIsGone) {
  probes_.SetTargets({{"a", ""}});
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  MetricsSource source;
  source.probes = &probes_;
  source.self = &self_;
  WriteMetrics(source, out);
  EXPECT_EQ(out.str(), "");
}

TEST(CatalogueTest, NamesAndHelpTextsKeepPrometheusRules) {
  std::set<std::string> names;
  const auto check = [&](const Metric& metric) {
    const std::string name(metric.name), help(metric.help);
    EXPECT_TRUE(std::regex_match(name, std::regex("[a-z][a-z0-9_]*"))) << name;
    EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
    EXPECT_EQ(name.ends_with("_total"), metric.type == prometheus::MetricType::Counter) << name;
    EXPECT_EQ(help.find_first_of("\\\n"), std::string::npos) << name;
    EXPECT_TRUE(help.ends_with(".")) << name;
  };
  for (const Metric& metric : AllMetrics()) check(metric);
}

TEST(CatalogueTest, IsWhatTheDocumentationSays) {
  std::ostringstream expected;
  WriteCatalogue(expected);
  const std::string path = SOURCE_DIR "/docs/metrics.md";
  if (std::getenv("UPDATE") != nullptr) std::ofstream(path) << expected.str();
  std::ostringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_EQ(page.str(), expected.str()) << "to write the page anew: UPDATE=1 exporter_test";
}

TEST(ProbePageTest, HasBlackboxExportersNamesAndOurs) {
  vitals::ProbeResult result = Healthy("a");
  result.success = false;
  result.reason = vitals::Reason::kCertificateExpired;
  result.phase = vitals::Phase::kTls;
  result.address = "192.0.2.1";
  result.certificate.emplace();
  result.certificate->earliest_not_after =
      std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));
  std::ostringstream out;
  WriteProbe(result, out);
  const std::string text = out.str();
  EXPECT_THAT(text, HasSubstr("\nprobe_success 0\n"));
  EXPECT_THAT(text, HasSubstr("\nprobe_duration_seconds 0.3"));
  EXPECT_THAT(text, HasSubstr("probe_http_duration_seconds{phase=\"resolve\"} 0.015"));
  EXPECT_THAT(text, HasSubstr("\nprobe_ip_addr_hash 1969986452\n")) << "FNV-1a, 32 bits";
  EXPECT_THAT(text, HasSubstr("\nprobe_ssl_earliest_cert_expiry 1700000000"));
  EXPECT_THAT(text,
              HasSubstr("mcp_probe_failure_info{reason=\"certificate_expired\",phase=\"tls\"} 1"));
}

}  // namespace
}  // namespace mcp_vitals::exporter
