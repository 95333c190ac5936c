#include "probe/saturation_fetch.h"

#include <optional>
#include <string_view>
#include <utility>

#include "net/error.h"
#include "probe/exchange.h"
#include "probe/failure.h"
#include "probe/saturation_reader.h"

namespace mcp_vitals::probe {

namespace {

using vitals::FetchError;
using vitals::FetchFailure;

FetchError KindOf(const boost::system::error_code& error) {
  if (error == net::Error::kTimeout) return FetchError::kTimeout;
  if (error == net::Error::kTooLarge) return FetchError::kResponseTooLarge;
  if (error == net::Error::kMalformedHttp) return FetchError::kMalformed;
  return FetchError::kConnectionError;
}

FetchFailure FailureOf(const boost::system::error_code& error) {
  return {KindOf(error), error.message()};
}

net::HttpRequest RequestFor(const SaturationSource& source, std::string user_agent) {
  std::string accept = "text/plain;version=0.0.4, application/json;q=0.9, */*;q=0.1";
  if (source.format == FiguresFormat::kJson) accept = "application/json, */*;q=0.1";
  if (source.format == FiguresFormat::kPrometheus) accept = "text/plain;version=0.0.4, */*;q=0.1";
  net::HttpRequest request;
  request.target = source.target.url.target;
  request.headers = {{"Host", source.target.url.Authority()},
                     {"User-Agent", std::move(user_agent)},
                     {"Accept", std::move(accept)},
                     {"Connection", "close"}};
  return request;
}

std::optional<FiguresFormat> FormatOf(const SaturationSource& source, const net::HttpHead& head) {
  if (source.format) return source.format;
  if (HasMediaType(head, "application/json")) return FiguresFormat::kJson;
  if (HasMediaType(head, "text/plain")) return FiguresFormat::kPrometheus;
  return std::nullopt;
}

}  // namespace

net::Task<vitals::Fetched> FetchSaturation(std::shared_ptr<const SaturationSource> source,
                                           std::string user_agent, net::Deadline deadline) {
  const net::Url& url = source->target.url;
  net::DialTrace unused;
  auto connection = co_await net::Dial(EndpointOf(source->target, url), deadline, unused);
  if (!connection) co_return FailureOf(connection.error());
  net::HttpLimits limits;
  limits.body = source->max_answer_bytes;
  net::HttpClient client(std::move(*connection), limits);
  const auto head = co_await client.Exchange(RequestFor(*source, std::move(user_agent)), deadline);
  if (!head) co_return FailureOf(head.error());
  if (head->status < 200 || head->status > 299) {
    co_return FetchFailure{FetchError::kHttpError, "answered HTTP " + std::to_string(head->status)};
  }
  const auto format = FormatOf(*source, *head);
  if (!format) {
    co_return FetchFailure{FetchError::kMalformed,
                           "Content-Type is \"" + Printable(head->Find("Content-Type"), 80) +
                               "\", neither text/plain nor application/json (set format)"};
  }
  const auto body = co_await client.ReadAll(deadline);
  if (!body) co_return FailureOf(body.error());
  co_return ReadSaturation(*source, *format, *body);
}

}  // namespace mcp_vitals::probe
