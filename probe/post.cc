#include "probe/post.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "mcp/headers.h"
#include "probe/authorization.h"

namespace mcp_vitals::probe {

namespace {

// How long the end of an answer may trail what matters of it for the connection to be kept.
constexpr auto kEndGrace = std::chrono::milliseconds(20);

}  // namespace

net::Task<void> FinishAnswer(Run& run) {
  if (run.streams_linger) co_return;
  const net::Deadline until = std::min(run.deadline, net::Clock::now() + kEndGrace);
  while (true) {
    const auto piece = co_await run.http->ReadBody(until);
    if (!piece) {
      run.streams_linger = true;
      run.http.reset();
      co_return;
    }
    if (piece->empty()) co_return;
  }
}

void AppendSessionHeaders(const Run& run, Headers& headers) {
  if (!run.session) {
    if (!run.result.protocol_version.empty()) {
      headers.emplace_back(mcp::kProtocolVersionHeader, run.result.protocol_version);
    }
    return;
  }
  if (!run.session->version.empty()) {
    headers.emplace_back(mcp::kProtocolVersionHeader, run.session->version);
  }
  headers.emplace_back(mcp::kSessionIdHeader, run.session->id);
}

net::Task<bool> PostOneWay(Run& run, Headers headers, std::string body, bool in_session) {
  const auto head = co_await Send(run, "POST", std::move(headers), std::move(body));
  if (!head) co_return false;
  if (head->status >= 200 && head->status < 300) {
    co_await FinishAnswer(run);
    co_return true;
  }
  if (head->status == 401 || head->status == 403) {
    co_await RecordAuthorizationFailure(run, *head);
    co_return false;
  }
  const std::string text = co_await ReadErrorBody(run);
  run.Fail(StatusFailure(head->status, text.substr(0, kExcerpt), in_session));
  co_return false;
}

}  // namespace mcp_vitals::probe
