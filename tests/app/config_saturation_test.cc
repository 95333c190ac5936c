// The sections `saturation` and `connections`.

#include <gmock/gmock.h>

#include "app/config.h"

namespace mcp_vitals::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using vitals::ConnectionSource;

const std::string kUrl = "saturation:\n  url: http://127.0.0.1:3000/metrics?key=hunter2\n";
const std::string kProxy = "proxy: {server: files, upstream: 'http://127.0.0.1:3000'}\n";

std::shared_ptr<const Config> Good(const std::string& yaml) {
  const LoadedConfig loaded = ParseConfig(yaml, "f.yml");
  EXPECT_THAT(loaded.errors, IsEmpty());
  return loaded.config ? loaded.config : std::make_shared<const Config>();
}

const probe::FigurePlace& Place(const Config& config, std::string_view key) {
  std::size_t i = 0;
  while (i + 1 < probe::kFigures.size() && probe::kFigures[i].key != key) ++i;
  return config.saturation->places[i];
}

TEST(ConfigSaturationTest, AUrlIsEnough) {
  const auto config = Good(kUrl);
  ASSERT_NE(config->saturation, nullptr);
  const probe::SaturationSource& source = *config->saturation;
  EXPECT_EQ(source.target.url.Authority(), "127.0.0.1:3000");
  EXPECT_EQ(source.interval, std::chrono::seconds(15));
  EXPECT_EQ(source.target.timeout, std::chrono::seconds(5));
  EXPECT_FALSE(source.format);
  EXPECT_FALSE(source.limit);
  EXPECT_EQ(Place(*config, "heap_used").metric->name, "nodejs_heap_size_used_bytes");
  EXPECT_EQ(Place(*config, "heap_used").pointer, "/heap_used_mb");
  EXPECT_EQ(Place(*config, "heap_used").scale, 1e6);
  EXPECT_FALSE(Place(*config, "pool_total").metric);
  EXPECT_EQ(Place(*config, "pool_total").pointer, "/pool_total");
  EXPECT_THAT(config->shown, HasSubstr("rss_bytes: process_resident_memory_bytes"));
  EXPECT_THAT(config->shown, Not(HasSubstr("hunter2")));
}

TEST(ConfigSaturationTest, EveryFigureCanBeFoundElsewhere) {
  const auto config =
      Good(kUrl +
           "  server: files\n  format: json\n  interval: 2s\n  timeout: 1s\n  limit: 0.9\n"
           "  metrics: {pool_idle: 'db{state=\"idle\"}', rss_bytes: rss}\n"
           "  pointers: {pool_total: /pool/total, heap_used_bytes: /heap/used}\n");
  EXPECT_EQ(config->server, "files");
  EXPECT_EQ(config->saturation->format, probe::FiguresFormat::kJson);
  EXPECT_EQ(config->saturation->target.timeout, std::chrono::seconds(1));
  EXPECT_EQ(config->saturation->limit, 0.9);
  EXPECT_EQ(Place(*config, "pool_idle").metric->labels.size(), 1u);
  EXPECT_EQ(Place(*config, "rss").metric->name, "rss");
  EXPECT_EQ(Place(*config, "pool_total").pointer, "/pool/total");
  EXPECT_EQ(Place(*config, "heap_used").pointer, "/heap/used");
  EXPECT_EQ(Place(*config, "heap_used").scale, 1);
}

TEST(ConfigConnectionsTest, ComeFromTheProxyIfThereIsOne) {
  EXPECT_EQ(Good(kProxy)->connections.from, ConnectionSource::kProxy);
  EXPECT_EQ(Good(kProxy + "connections: {}\n")->connections.from, ConnectionSource::kProxy);
  EXPECT_EQ(Good(kProxy)->server, "files");
}

TEST(ConfigConnectionsTest, ComeFromTheServersOwnMetrics) {
  const auto config = Good(kUrl + "connections: {from: app, metric: 'streams{kind=\"sse\"}'}\n");
  EXPECT_EQ(config->connections.from, ConnectionSource::kApp);
  EXPECT_EQ(config->saturation->places[probe::kActiveStreams].metric->name, "streams");
  const auto json = Good(kUrl + "connections: {from: app, pointer: /streams}\n");
  EXPECT_EQ(json->saturation->places[probe::kActiveStreams].pointer, "/streams");
}

TEST(ConfigConnectionsTest, ComeFromTheKernel) {
  const auto config = Good("connections: {from: sockets, port: 3000, server: files}\n");
  EXPECT_EQ(config->connections.from, ConnectionSource::kSockets);
  EXPECT_EQ(config->connections.port, 3000);
  EXPECT_EQ(config->server, "files");
}

struct BadCase {
  const char* name;
  std::string yaml;
  std::string error;  // the whole message
  friend void PrintTo(const BadCase& c, std::ostream* out) { *out << c.name; }
};
class BadInsideTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadInsideTest, SaysFileLineKeyAndWhatIsAllowed) {
  const LoadedConfig loaded = ParseConfig(GetParam().yaml, "f.yml");
  EXPECT_EQ(loaded.config, nullptr);
  EXPECT_THAT(loaded.errors, ElementsAre(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Config, BadInsideTest,
    testing::Values(
        BadCase{"NoUrl", "saturation: {interval: 1m}\n",
                "f.yml:1: saturation.url: is missing (allowed: http://… or https://…)"},
        BadCase{"BadFormat", kUrl + "  format: yaml\n",
                "f.yml:3: saturation.format: \"yaml\" is not known (allowed: auto, prometheus, "
                "json)"},
        BadCase{"LimitInPercent", kUrl + "  limit: 90\n",
                "f.yml:3: saturation.limit: \"90\" is no limit of a ratio (allowed: more than 0, "
                "at most 1)"},
        BadCase{"BadMetric", kUrl + "  metrics: {pool_idle: 'sum(db)'}\n",
                "f.yml:3: saturation.metrics.pool_idle: \"sum(db)\" is no metric (allowed: like "
                "name or name{label=\"value\"})"},
        BadCase{"BadPointer", kUrl + "  pointers: {pool_idle: pool.idle}\n",
                "f.yml:3: saturation.pointers.pool_idle: \"pool.idle\" is no JSON pointer "
                "(allowed: like /structuredContent/count)"},
        BadCase{"UnknownFigure", kUrl + "  pointers: {heap_used_kb: /x}\n",
                "f.yml:3: saturation.pointers.heap_used_kb: unknown key, did you mean "
                "heap_used_mb? (allowed: active_sessions, heap_limit_bytes, heap_limit_mb, "
                "heap_total_bytes, heap_total_mb, "
                "heap_used_bytes, heap_used_mb, heap_utilization, pool_idle, pool_total, "
                "pool_utilization, pool_waiting, rss_bytes, rss_mb)"},
        BadCase{"BothUnits", kUrl + "  pointers: {rss_mb: /a, rss_bytes: /b}\n",
                "f.yml:3: saturation.pointers.rss_bytes: is also given by rss_mb (allowed: one of "
                "them)"},
        BadCase{"TwoNames", kProxy + kUrl + "  server: other\n",
                "f.yml:4: saturation.server: \"other\" differs from the name given before, "
                "\"files\" (allowed: that one, or none here)"},
        BadCase{"UnknownSource", "connections: {from: netstat}\n",
                "f.yml:1: connections.from: \"netstat\" is not known (allowed: proxy, app, "
                "sockets)"},
        BadCase{"NoSource", "connections: {}\n",
                "f.yml:1: connections.from: is missing (allowed without a proxy: app, sockets)"},
        BadCase{"NoProxy", "connections: {from: proxy}\n",
                "f.yml:1: connections.from: \"proxy\" needs the section proxy (allowed without "
                "it: app, sockets)"},
        BadCase{"AppWithoutSaturation", "connections: {from: app, metric: streams}\n",
                "f.yml:1: connections.from: \"app\" needs the section saturation, whose url is "
                "asked (allowed: app with saturation.url, else proxy, sockets)"},
        BadCase{"AppWithoutMetric", kUrl + "connections: {from: app}\n",
                "f.yml:3: connections.metric: is missing (allowed: metric, pointer or both)"},
        BadCase{"SocketsWithoutPort", "connections: {from: sockets}\n",
                "f.yml:1: connections.port: is missing (allowed: 1 to 65535)"},
        BadCase{"BadPort", "connections: {from: sockets, port: 65536}\n",
                "f.yml:1: connections.port: \"65536\" is out of range (allowed: 1 to 65535)"},
        BadCase{"SocketsBesideAProxy", kProxy + "connections: {from: sockets, port: 3000}\n",
                "f.yml:2: connections.from: \"sockets\" would count only who comes past the "
                "proxy, as mcp_bypass_connections does (allowed: proxy, app)"},
        BadCase{"KeyOfAnotherSource", "connections: {from: sockets, port: 3000, metric: a}\n",
                "f.yml:1: connections.metric: belongs to another source (allowed: with from: "
                "app)"}),
    [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace mcp_vitals::app
