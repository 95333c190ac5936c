#include "scaler/ask_prometheus.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "net/error.h"
#include "net/http_request.h"
#include "scaler/credentials.h"

namespace mcp_vitals::scaler {

namespace {

// Whoever answers with parts of the data is told not to (Thanos, VictoriaMetrics' cluster), and to
// count copies once (Thanos). VictoriaMetrics would also keep the latest half minute to itself.
// Each passes over what it does not know.
constexpr char kParameters[] =
    "&timeout=5s&partial_response=false&deny_partial_response=1&dedup=true&nocache=1"
    "&latency_offset=1s";

struct Round {
  Round(std::shared_ptr<PrometheusClient> c, net::Executor executor)
      : client(std::move(c)), all_ended(executor, net::Deadline::max()) {}
  const std::shared_ptr<PrometheusClient> client;
  std::string authorization;
  PrometheusAnswers answers;
  std::size_t left = kQuestionCount;
  net::Timer all_ended;
};

net::HttpLimits Limits() {
  net::HttpLimits limits;
  limits.body = std::size_t{4} << 20;
  return limits;
}

std::string Encode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    if (is_plain) {
      encoded += c;
    } else {
      (encoded += '%') += kDigits[byte >> 4];
      encoded += kDigits[byte & 15];
    }
  }
  return encoded;
}

net::HttpRequest RequestFor(const Round& round, const std::string& query) {
  const PrometheusSource& source = *round.client->source;
  net::HttpRequest request;
  request.method = "POST";  // queries may be longer than a URL may
  request.target = source.url.target;
  while (request.target.ends_with('/')) request.target.pop_back();
  request.target += "/api/v1/query";
  request.headers = source.headers;
  const bool has_host =
      std::any_of(request.headers.begin(), request.headers.end(),
                  [](const auto& header) { return net::EqualHeaderNames(header.first, "Host"); });
  if (!has_host) request.headers.emplace_back("Host", source.url.Authority());
  request.headers.emplace_back("User-Agent", round.client->user_agent);
  request.headers.emplace_back("Accept", "application/json");
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  if (!round.authorization.empty()) {
    request.headers.emplace_back("Authorization", round.authorization);
  }
  request.body = "query=" + Encode(query) + kParameters;
  return request;
}

net::Task<PrometheusAnswer> AskOne(std::shared_ptr<Round> round, std::size_t question,
                                   net::Deadline deadline) {
  const PrometheusSource& source = *round->client->source;
  std::optional<net::HttpClient>& connection = round->client->connections[question];
  const bool is_kept = connection && connection->reusable();
  if (!is_kept) {
    connection.reset();
    net::Endpoint endpoint;
    endpoint.host = source.url.host;
    endpoint.port = source.url.port;
    endpoint.tls = source.tls;
    net::DialTrace unused;
    auto dialled = co_await net::Dial(endpoint, deadline, unused);
    if (!dialled) co_return Unknown{dialled.error().message()};
    connection.emplace(std::move(*dialled), Limits());
  }
  auto head = co_await connection->Exchange(RequestFor(*round, source.queries[question]), deadline);
  if (!head) co_return Unknown{head.error().message()};
  const auto body = co_await connection->ReadAll(deadline);
  if (!body) co_return Unknown{body.error().message()};
  co_return ReadPrometheusAnswer(head->status, *body);
}

net::Task<void> AskAndNote(std::shared_ptr<Round> round, std::size_t question,
                           net::Deadline deadline) {
  auto answer = co_await AskOne(round, question, deadline);
  round->answers[question] = std::move(answer);
  if (--round->left == 0) round->all_ended.cancel();
}

}  // namespace

net::Task<FleetSample> AskPrometheus(std::shared_ptr<PrometheusClient> client,
                                     net::Deadline deadline) {
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  auto round = std::make_shared<Round>(std::move(client), executor);
  const PrometheusSource& source = *round->client->source;
  round->authorization = AuthorizationHeader(source.credentials_type, source.credentials_file);
  for (std::size_t question = 0; question < kQuestionCount; ++question) {
    boost::asio::co_spawn(executor, AskAndNote(round, question, deadline), boost::asio::detached);
  }
  if (round->left > 0) co_await round->all_ended.async_wait(net::kUseTaskTuple);
  co_return ReadSample(round->answers);
}

}  // namespace mcp_vitals::scaler
