#include "app/config_prometheus.h"

#include "app/config_target.h"

namespace mcp_vitals::app {

namespace {

constexpr std::size_t kMaxQuery = 16 << 10;

Parsed<net::Url> ParseApiUrl(std::string_view text) {
  auto url = ParseTargetUrl(text);
  if (!url || url->target.find('?') == std::string::npos) return url;
  return Wrong{"has a query (allowed: the API's root, like http://prometheus:9090)"};
}

Parsed<std::string> ParseSelector(const std::string& text) {
  if (!text.empty() && text.size() <= kMaxQuery) return text;
  return Wrong{"is no selector (allowed: label matchers, like server=\"files\",cluster=\"a\")"};
}

Parsed<std::string> ParseQuery(const std::string& text) {
  if (!text.empty() && text.size() <= kMaxQuery) return text;
  return Wrong{"is no query (allowed: PromQL, up to 16 KiB)"};
}

std::array<std::string, scaler::kQueryCount> ReadQueries(Section& section) {
  std::array<std::string, scaler::kQueryCount> queries;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::string key(scaler::kQueries[i].key);
    const std::string fallback(scaler::kQueries[i].text);
    queries[i] = section.Value(key, fallback, fallback, ParseQuery);
  }
  return queries;
}

}  // namespace

std::shared_ptr<const scaler::PrometheusSource> ReadPrometheus(Section& section, ConfigFiles& files,
                                                               const std::string& fleet) {
  auto source = std::make_shared<scaler::PrometheusSource>();
  if (!section.Has("url")) section.Fail("url", "is missing (allowed: http://… or https://…)");
  source->url = section.Value("url", net::Url(), "", ParseApiUrl, PublicUrl);
  const std::string own = "server=\"" + fleet + "\"";
  const auto selector = section.Value("selector", own, own, ParseSelector);
  const auto max_age = section.Duration("max_age", std::chrono::seconds(60), std::chrono::hours(1));
  Section queries = section.Child("queries");
  source->queries = scaler::FillQueries(ReadQueries(queries), selector, max_age);
  section.Put("queries", std::move(queries));
  probe::Target target;
  ReadAuthorization(section, files, target);
  ReadTls(section, files, target);
  ReadHeaders(section, target);
  source->credentials_file = target.credentials_file;
  source->credentials_type = target.credentials_type;
  source->headers = std::move(target.headers);
  if (source->url.https) source->tls = target.tls;
  if (!source->url.https && section.Has("tls_config")) {
    section.Fail("tls_config", "is without effect on http (allowed: with https://…)");
  }
  return source;
}

}  // namespace mcp_vitals::app
