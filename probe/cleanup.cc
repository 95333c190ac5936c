#include "probe/cleanup.h"

#include <utility>

#include "mcp/headers.h"
#include "mcp/message.h"
#include "probe/exchange.h"
#include "probe/post.h"

namespace mcp_vitals::probe {

namespace {

net::HttpRequest SessionRequest(const Run& run, const net::Url& url, std::string method) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.target = url.target;
  request.headers = CommonHeaders(run, url);
  return request;
}

// A server that was too slow for the probe may open the session all the same, and then only its
// late answer tells which one.
net::Task<void> AwaitSession(Run& run, net::Deadline deadline) {
  const auto head = co_await run.http->AwaitHead(deadline);
  if (!head) co_return;
  const std::string_view id = head->Find(mcp::kSessionIdHeader);
  if (mcp::IsValidSessionId(id)) run.strays.push_back({run.url, std::string(id), ""});
}

// A legacy server goes on working on a call that its client has given up, unless told.
net::Task<void> Cancel(Run& run, std::int64_t call, net::Deadline deadline) {
  net::HttpRequest request = SessionRequest(run, run.url, "POST");
  AppendSessionHeaders(run, request.headers);
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Accept", "application/json, text/event-stream");
  request.body = mcp::CancelledNotification(call, "the probe's time is over");
  co_await AskAside(*run.target, run.url, std::move(request), 0, deadline);
}

net::HttpRequest DeleteRequest(const Run& run, const LegacySession& session) {
  net::HttpRequest request = SessionRequest(run, session.url, "DELETE");
  if (!session.version.empty()) {
    request.headers.emplace_back(mcp::kProtocolVersionHeader, session.version);
  }
  request.headers.emplace_back(mcp::kSessionIdHeader, session.id);
  return request;
}

// The status of the answer; nothing if there was none. On the kept connection if it is still good.
net::Task<std::optional<int>> Delete(Run& run, const LegacySession& session,
                                     net::Deadline deadline) {
  if (run.http && run.http->reusable() && net::SameOrigin(session.url, run.url)) {
    const auto head = co_await run.http->Exchange(DeleteRequest(run, session), deadline);
    if (head) co_return head->status;
  }
  const auto answer =
      co_await AskAside(*run.target, session.url, DeleteRequest(run, session), 0, deadline);
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
  if (run.session) run.strays.push_back(*run.session);
  const bool may_come = run.session_may_come && run.http;
  if (run.strays.empty() && !run.unanswered && !may_come) co_return;
  run.Enter(vitals::Phase::kClose);
  const net::Deadline now = net::Clock::now();
  const net::Deadline deadline = now + run.prober.cleanup_timeout;
  if (may_come) co_await AwaitSession(run, now + run.prober.cleanup_timeout / 2);
  // Only a courtesy: most of the time is for what would leak.
  if (run.unanswered) {
    co_await Cancel(run, *run.unanswered, now + run.prober.cleanup_timeout / 4);
  }
  for (const LegacySession& session : run.strays) {
    const auto status = co_await Delete(run, session, deadline);
    if (!Gone(status)) ++run.result.sessions_left_open;
  }
  run.Leave();
}

}  // namespace mcp_vitals::probe
