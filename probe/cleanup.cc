#include "probe/cleanup.h"

#include <utility>

#include "mcp/headers.h"
#include "mcp/message.h"
#include "probe/exchange.h"
#include "probe/streamable_http.h"

namespace mcp_vitals::probe {

namespace {

constexpr std::size_t kMaxBody = 64 * 1024;

net::HttpRequest SessionRequest(const Run& run, std::string method) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.target = run.url.target;
  request.headers = CommonHeaders(run, run.url);
  AppendSessionHeaders(run, request.headers);
  return request;
}

// A legacy server goes on working on a call that its client has given up, unless told.
net::Task<void> Cancel(Run& run, std::int64_t call, net::Deadline deadline) {
  net::HttpRequest request = SessionRequest(run, "POST");
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Accept", "application/json, text/event-stream");
  request.body = mcp::CancelledNotification(call, "the probe's time is over");
  co_await AskAside(run, run.url, std::move(request), kMaxBody, deadline);
}

net::Task<std::optional<int>> Delete(Run& run, net::Deadline deadline) {
  if (run.http && run.http->reusable()) {
    const auto head = co_await run.http->Exchange(SessionRequest(run, "DELETE"), deadline);
    if (head) {
      co_await run.http->ReadAll(deadline);
      co_return head->status;
    }
  }
  const auto answer =
      co_await AskAside(run, run.url, SessionRequest(run, "DELETE"), kMaxBody, deadline);
  if (!answer) co_return std::nullopt;
  co_return answer->status;
}

}  // namespace

net::Task<void> EndSession(Run& run) {
  if (!run.session) co_return;
  run.Enter(vitals::Phase::kClose);
  const net::Deadline deadline = net::Clock::now() + run.prober.cleanup_timeout;
  if (run.session->unanswered) co_await Cancel(run, *run.session->unanswered, deadline);
  const auto status = co_await Delete(run, deadline);
  // A session that the server no longer knows is closed too.
  run.result.session_closed = status && ((*status >= 200 && *status < 300) || *status == 404);
  run.Leave();
}

net::Task<void> AskHealth(Run& run) {
  if (!run.target->health_url) co_return;
  const net::Url& url = *run.target->health_url;
  net::HttpRequest request;
  request.target = url.target;
  request.headers.emplace_back("Host", url.Authority());
  request.headers.emplace_back("User-Agent", run.prober.client_name);
  const net::Deadline deadline = net::Clock::now() + run.prober.cleanup_timeout;
  const auto answer = co_await AskAside(run, url, std::move(request), kMaxBody, deadline);
  run.result.health_status = answer ? answer->status : 0;
  if (run.result.health_contradicts()) {
    run.result.detail += "; yet the health endpoint says " + std::to_string(answer->status);
  }
}

}  // namespace mcp_vitals::probe
