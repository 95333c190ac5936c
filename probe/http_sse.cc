#include "probe/http_sse.h"

#include <utility>

#include "mcp/headers.h"
#include "probe/authorization.h"
#include "probe/post.h"
#include "probe/redact.h"

namespace mcp_vitals::probe {

namespace {

using vitals::Reason;

Failure NoEndpoint(MessageStream::End end) {
  if (end == MessageStream::End::kTimeout) {
    return {Reason::kTimeout, "an event stream opened and named no endpoint in time",
            "A proxy that holds back the first bytes looks like this."};
  }
  if (end == MessageStream::End::kTooLarge) {
    return {Reason::kResponseTooLarge, "an event stream without an endpoint went on and on", ""};
  }
  return {Reason::kStreamCut, "the event stream ended before it named its endpoint", ""};
}

}  // namespace

net::Task<std::unique_ptr<HttpSse>> HttpSse::Connect(Run& run) {
  Headers accept;
  accept.emplace_back("Accept", "text/event-stream");
  const auto head = co_await Send(run, "GET", std::move(accept), "");
  if (!head) co_return nullptr;
  if (head->status == 401 || head->status == 403) {
    co_await RecordAuthorizationFailure(run, *head);
    co_return nullptr;
  }
  if (head->status != 200) {
    const std::string body = co_await ReadErrorBody(run);
    run.Fail(StatusFailure(head->status, body.substr(0, kExcerpt), false));
    co_return nullptr;
  }
  if (!HasMediaType(*head, "text/event-stream")) {
    run.Fail({Reason::kNotMcp,
              "GET was answered with " + Printable(head->Find("Content-Type"), 60) +
                  " instead of an event stream",
              "Something answers here, but no MCP server: check the path, often /mcp or /sse."});
    co_return nullptr;
  }
  std::unique_ptr<HttpSse> opened(new HttpSse(std::move(*run.http), run.target->max_answer_bytes));
  run.http.reset();
  const auto endpoint = co_await opened->messages_.Endpoint(opened->stream_, run.deadline);
  if (!endpoint) {
    run.Fail(NoEndpoint(opened->messages_.end()));
    co_return nullptr;
  }
  const auto post_to = net::Resolve(run.url, *endpoint);
  if (!post_to || !net::SameOrigin(*post_to, run.url)) {
    run.Fail({Reason::kProtocolError,
              "the stream names an endpoint that is not on this server: " +
                  Printable(WithoutSecrets(*endpoint)),
              "Is the server's public URL configured right (its base URL)?"});
    co_return nullptr;
  }
  run.url = *post_to;
  run.known_mcp = true;
  co_return opened;
}

net::Task<std::optional<Reply>> HttpSse::Call(Run& run, std::int64_t id, std::string body,
                                              Headers) {
  const bool sent = co_await Notify(run, std::move(body));
  if (!sent) co_return std::nullopt;
  const std::string wanted = std::to_string(id);
  while (true) {
    auto received = co_await messages_.Next(stream_, run.deadline);
    if (!received) break;
    using Kind = mcp::Message::Kind;
    const mcp::Message& message = received->message;
    const bool answers = message.kind == Kind::kResult || message.kind == Kind::kError;
    if (answers && (message.id_json == wanted || message.id_json.empty())) {
      co_return TakeReply(*received);
    }
    if (message.kind != Kind::kRequest) continue;
    if (!run.MayReply()) co_return std::nullopt;
    const bool replied =
        co_await Notify(run, mcp::ReplyToServerRequest(message.id_json, message.method));
    if (!replied) run.Forgive();
  }
  run.result.response_bytes = run.result.response_bytes.value_or(0) + messages_.bytes();
  run.Fail(StreamFailure(messages_.end(), run.known_mcp));
  co_return std::nullopt;
}

net::Task<bool> HttpSse::Notify(Run& run, std::string body) {
  Headers headers;
  headers.emplace_back("Content-Type", "application/json");
  AppendSessionHeaders(run, headers);
  // The endpoint names the session: a server that does not know it has lost it at once.
  co_return co_await PostOneWay(run, std::move(headers), std::move(body), true);
}

}  // namespace mcp_vitals::probe
