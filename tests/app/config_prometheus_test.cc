// A fleet's section `prometheus`.

#include <gmock/gmock.h>

#include <set>

#include "app/config.h"
#include "exporter/catalogue.h"

namespace mcp_vitals::app {
namespace {

using scaler::Question;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

std::string Fleet(const std::string& source) {
  return "scaler:\n  fleets:\n    - name: files\n" + source;
}

std::string Prometheus(const std::string& keys) {
  return Fleet("      prometheus:\n        url: http://prometheus:9090\n" + keys);
}

std::vector<std::string> Errors(const std::string& yaml) {
  return ParseConfig(yaml, "f.yml").errors;
}

std::shared_ptr<const Config> Good(const std::string& yaml) {
  const LoadedConfig loaded = ParseConfig(yaml, "f.yml");
  EXPECT_THAT(loaded.errors, IsEmpty());
  return loaded.config;
}

std::string QueryOf(const Config& config, Question question) {
  return config.scaler->fleets.at(0).prometheus->queries[static_cast<std::size_t>(question)];
}

TEST(ConfigPrometheusTest, AUrlIsEnough) {
  const auto config = Good(Prometheus(""));
  const FleetConfig& fleet = config->scaler->fleets.at(0);
  EXPECT_EQ(fleet.members, nullptr);
  EXPECT_EQ(fleet.prometheus->url.Authority(), "prometheus:9090");
  EXPECT_EQ(fleet.prometheus->tls, nullptr);
  EXPECT_EQ(QueryOf(*config, Question::kInFlight), "sum(mcp_requests_in_flight{server=\"files\"})");
  EXPECT_THAT(QueryOf(*config, Question::kReplicas), HasSubstr("<= 60)"));
  for (const std::string& query : fleet.prometheus->queries) {
    EXPECT_THAT(query, Not(HasSubstr("$")));
  }
}

TEST(ConfigPrometheusTest, EverythingCanBeSaid) {
  const auto config = Good(
      Fleet("      prometheus:\n"
            "        url: https://mimir.example.com/prometheus\n"
            "        selector: 'server=\"files\",cluster=\"a\"'\n"
            "        max_age: 90s\n"
            "        headers: {X-Scope-OrgID: hunter2}\n"
            "        queries: {in_flight: 'vector(0)', calls: 'sum(x{$selector}[$window])'}\n"));
  const scaler::PrometheusSource& source = *config->scaler->fleets.at(0).prometheus;
  EXPECT_EQ(source.url.target, "/prometheus");
  EXPECT_NE(source.tls, nullptr);
  EXPECT_THAT(source.headers, ElementsAre(Pair("X-Scope-OrgID", "hunter2")));
  EXPECT_EQ(QueryOf(*config, Question::kInFlight), "vector(0)");
  EXPECT_EQ(QueryOf(*config, Question::kFiveMinutes), "sum(x{server=\"files\",cluster=\"a\"}[5m])");
  EXPECT_THAT(QueryOf(*config, Question::kSilent), HasSubstr("> 90)"));
  EXPECT_THAT(config->shown, Not(HasSubstr("hunter2")));
  EXPECT_THAT(config->shown, HasSubstr("max_age: 90s"));
}

TEST(ConfigPrometheusTest, AFleetHasOneSource) {
  EXPECT_THAT(Errors(Fleet("")), ElementsAre(HasSubstr("allowed: either members or prometheus")));
  EXPECT_THAT(Errors(Prometheus("      members: {dns: a.b:9788}\n")),
              ElementsAre(HasSubstr("allowed: either members or prometheus")));
}

TEST(ConfigPrometheusTest, NamesWhatIsWrong) {
  EXPECT_THAT(Errors(Fleet("      prometheus: {max_age: 1m}\n")),
              ElementsAre(HasSubstr("prometheus.url: is missing")));
  EXPECT_THAT(Errors(Fleet("      prometheus: {url: 'http://p:9090/?key=hunter2'}\n")),
              ElementsAre(testing::AllOf(HasSubstr("has a query"), Not(HasSubstr("hunter2")))));
  EXPECT_THAT(Errors(Prometheus("        tls_config: {insecure_skip_verify: true}\n")),
              ElementsAre(HasSubstr("without effect on http")));
  EXPECT_THAT(Errors(Prometheus("        queries: {stream: x}\n")),
              ElementsAre(HasSubstr("queries.stream")));
  EXPECT_THAT(Errors(Prometheus("        queries: {streams: ''}\n")),
              ElementsAre(HasSubstr("is no query")));
  EXPECT_THAT(Errors(Prometheus("        max_age: 2h\n")), ElementsAre(HasSubstr("max_age")));
}

// The names in the default queries, of which those that begin with "mcp_" are metrics of ours.
TEST(ConfigPrometheusTest, AsksForMetricsThatThereAre) {
  std::set<std::string> metrics;
  for (const exporter::Metric& metric : exporter::AllMetrics()) {
    metrics.emplace(metric.name);
    if (metric.type == prometheus::MetricType::Histogram) {
      metrics.insert(std::string(metric.name) + "_bucket");
    }
  }
  for (const scaler::Query& query : scaler::kQueries) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = query.text.find("mcp_", at)) != std::string_view::npos;) {
      const std::size_t end = query.text.find_first_of("{=", at);
      const std::string name(query.text.substr(at, end - at));
      at = end;
      if (name == "mcp_method_name") continue;  // a label
      EXPECT_TRUE(metrics.contains(name)) << name;
      ++found;
    }
    EXPECT_GT(found, 0u) << query.key;
  }
}

}  // namespace
}  // namespace mcp_vitals::app
