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

// A session that the server no longer knows is closed too; and 405 is how the protocol lets a
// server say that its sessions are not for clients to end.
bool Gone(std::optional<int> status) {
  return status && ((*status >= 200 && *status < 300) || *status == 404 || *status == 405);
}

}  // namespace

net::Task<void> EndSession(Run& run) {
  if (!run.session && run.stray_session.empty() && !run.unanswered) co_return;
  run.Enter(vitals::Phase::kClose);
  const net::Deadline deadline = net::Clock::now() + run.prober.cleanup_timeout;
  if (run.unanswered) co_await Cancel(run, *run.unanswered, deadline);
  if (run.session) run.result.session_closed = Gone(co_await Delete(run, deadline));
  if (!run.stray_session.empty()) {
    run.session = LegacySession{std::exchange(run.stray_session, {}), ""};
    const bool gone = Gone(co_await Delete(run, deadline));
    run.result.session_closed = run.result.session_closed && gone;
  }
  run.Leave();
}

}  // namespace mcp_vitals::probe
