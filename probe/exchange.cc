#include "probe/exchange.h"

#include <algorithm>

#include "mcp/headers.h"
#include "net/error.h"
#include "net/redirect.h"
#include "probe/redact.h"
#include "vitals/inside_canary.h"

namespace mcp_vitals::probe {

namespace {

constexpr int kMaxRedirects = 5;
constexpr std::size_t kMaxErrorBody = std::size_t{64} << 10;
constexpr std::string_view kProbeTokenHeader = "Mcp-Vitals-Probe";

bool Contains(const Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [name](const auto& h) { return mcp::EqualHeaderNames(h.first, name); });
}

// True when `run.url` was moved; a redirect that is not followed is recorded as the failure.
bool Redirected(Run& run, const std::string& method, const net::HttpHead& head) {
  const std::string_view location = head.Find("Location");
  const std::string seen =
      "redirected (" + std::to_string(head.status) + ") to " + Printable(WithoutSecrets(location));
  if (!run.target->follow_redirects) {
    run.Fail({vitals::Reason::kRedirectError, seen + ", and redirects are not followed",
              "Probe that address itself, or set follow_redirects (--follow-redirects)."});
    return false;
  }
  if (run.result.redirects == kMaxRedirects) {
    run.Fail({vitals::Reason::kRedirectError, "redirected more than 5 times", ""});
    return false;
  }
  const auto next = net::FollowRedirect(run.url, method, head.status, location);
  if (!next || (next->https && run.target->tls == nullptr)) {
    run.Fail({vitals::Reason::kRedirectError, seen + ", which may not be followed",
              "A redirect from https to http, or one that turns POST into GET, breaks clients."});
    return false;
  }
  if (run.target->may_reach && !run.target->may_reach(next->host)) {
    run.Fail({vitals::Reason::kRedirectError, seen + ", a host that may not be probed",
              "A module reaches its allowed_hosts only."});
    return false;
  }
  ++run.result.redirects;
  run.url = *next;
  return true;
}

}  // namespace

net::Endpoint EndpointOf(const Target& target, const net::Url& url) {
  net::Endpoint endpoint;
  endpoint.host = url.host;
  endpoint.port = url.port;
  // A fixed address is the target's own, as are a client certificate and a server name; they say
  // nothing of where another URL leads.
  const bool own_origin = net::SameOrigin(url, target.url);
  if (own_origin) endpoint.address = target.address;
  endpoint.trust_only = !own_origin;
  endpoint.dns_server = target.dns_server;
  if (url.https) endpoint.tls = target.tls;
  return endpoint;
}

std::string UserAgent(const Prober& prober) {
  return prober.client_name + "/" + prober.client_version;
}

net::Task<std::optional<net::HttpClient>> Open(Run& run, net::Url url, net::Deadline deadline) {
  const Target& target = *run.target;
  net::DialTrace trace;
  auto connection = co_await net::Dial(EndpointOf(target, url), deadline, trace);
  run.Take(trace);
  if (!connection) {
    run.Drop();
    run.Fail(DialFailure(connection.error(), trace, url.host), DialPhase(trace));
    co_return std::nullopt;
  }
  net::HttpLimits limits;
  limits.body = target.max_answer_bytes;
  co_return net::HttpClient(std::move(*connection), limits);
}

Headers CommonHeaders(const Run& run, const net::Url& url) {
  Headers headers;
  headers.reserve(12);
  const bool own_origin = net::SameOrigin(url, run.target->url);
  const Headers& configured = run.target->headers;
  if (!own_origin || !Contains(configured, "Host")) headers.emplace_back("Host", url.Authority());
  headers.emplace_back("User-Agent", UserAgent(run.prober));
  if (!own_origin) return headers;
  headers.insert(headers.end(), configured.begin(), configured.end());
  if (!run.authorization.empty()) headers.emplace_back("Authorization", run.authorization);
  if (!run.prober.probe_token.empty()) {
    headers.emplace_back(kProbeTokenHeader, run.prober.probe_token + " " +
                                                std::to_string(vitals::ProbeTag(run.target->name)));
  }
  return headers;
}

bool HasMediaType(const net::HttpHead& head, std::string_view type) {
  std::string_view value = head.Find("Content-Type");
  value = value.substr(0, value.find(';'));
  while (value.ends_with(' ')) value.remove_suffix(1);
  return mcp::EqualHeaderNames(value, type);
}

net::Task<std::optional<net::HttpHead>> Send(Run& run, std::string method, Headers headers,
                                             std::string body) {
  while (true) {
    const bool reused = run.http && run.http->reusable();
    if (!reused) {
      run.http.reset();
      auto opened = co_await Open(run, run.url, run.deadline);
      if (!opened) co_return std::nullopt;
      run.http = std::move(*opened);
    }
    run.answer_by = run.deadline;
    if (run.keep_half) {
      const net::Deadline now = net::Clock::now();
      run.answer_by = now + (run.deadline - now) / 2;
    }
    run.result.http_status.reset();
    net::HttpRequest request;
    request.method = method;
    request.target = run.url.target;
    request.headers = CommonHeaders(run, run.url);
    request.headers.insert(request.headers.end(), headers.begin(), headers.end());
    request.body = body;
    auto head = co_await run.http->Exchange(std::move(request), run.answer_by);
    // A server may close a kept connection at any time, just before the request came.
    const bool stale =
        reused && !run.only_once && !head &&
        (head.error() == net::Error::kNoAnswer || head.error() == net::Error::kReset);
    if (stale) {
      run.http.reset();
      continue;
    }
    if (!head) {
      run.Fail(ExchangeFailure(head.error(), false, run.known_mcp));
      co_return std::nullopt;
    }
    run.result.http_status = head->status;
    run.result.http_version = head->version;
    if (!net::IsRedirect(head->status)) co_return std::move(*head);
    if (!Redirected(run, method, *head)) co_return std::nullopt;
    run.http.reset();
  }
}

namespace {

// Counts the time of its life as transfer.
class TransferClock {
 public:
  explicit TransferClock(vitals::ProbeResult& result)
      : result_(result), began_(net::Clock::now()) {}
  ~TransferClock() { result_.transfer += net::Clock::now() - began_; }
  TransferClock(const TransferClock&) = delete;
  TransferClock& operator=(const TransferClock&) = delete;

 private:
  vitals::ProbeResult& result_;
  const net::Clock::time_point began_;
};

}  // namespace

net::Task<std::optional<std::string>> ReadBody(Run& run) {
  const TransferClock clock(run.result);
  auto body = co_await run.http->ReadAll(run.answer_by);
  if (!body) {
    run.Fail(ExchangeFailure(body.error(), true, run.known_mcp));
    co_return std::nullopt;
  }
  run.result.response_bytes = run.result.response_bytes.value_or(0) + body->size();
  co_return std::move(*body);
}

net::Task<std::string> ReadErrorBody(Run& run) {
  const TransferClock clock(run.result);
  std::string body;
  while (body.size() < kMaxErrorBody) {
    const auto piece = co_await run.http->ReadBody(run.answer_by);
    if (!piece || piece->empty()) break;
    body += *piece;
  }
  run.result.response_bytes = run.result.response_bytes.value_or(0) + body.size();
  co_return body;
}

net::Task<std::optional<SideAnswer>> AskAside(const Target& target, net::Url url,
                                              net::HttpRequest request, std::size_t max_body,
                                              net::Deadline deadline) {
  net::DialTrace unused;
  auto connection = co_await net::Dial(EndpointOf(target, url), deadline, unused);
  if (!connection) co_return std::nullopt;
  net::HttpLimits limits;
  if (max_body > 0) limits.body = max_body;
  net::HttpClient client(std::move(*connection), limits);
  const auto head = co_await client.Exchange(std::move(request), deadline);
  if (!head) co_return std::nullopt;
  if (max_body == 0) co_return SideAnswer{head->status, ""};
  auto body = co_await client.ReadAll(deadline);
  if (!body) co_return std::nullopt;
  co_return SideAnswer{head->status, std::move(*body)};
}

}  // namespace mcp_vitals::probe
