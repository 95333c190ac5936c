#include "probe/streamable_http.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "mcp/headers.h"
#include "probe/authorization.h"
#include "probe/post.h"

namespace mcp_vitals::probe {

namespace {

using vitals::Reason;

constexpr int kMaxResumptions = 3;
constexpr auto kDefaultRetry = std::chrono::milliseconds(1000);

Headers PostHeaders() {
  return {{"Content-Type", "application/json"}, {"Accept", "application/json, text/event-stream"}};
}

// The answer to `id` among messages. A server's error without an id can mean no other request, nor
// can one that came with a refusal, whatever id that has (Python's SDK: "server-error").
mcp::Message* FindAnswer(std::vector<mcp::Message>& messages, const std::string& id, bool refused) {
  using Kind = mcp::Message::Kind;
  for (auto& message : messages) {
    const bool is_error = message.kind == Kind::kError;
    if (is_error && (refused || message.id_json.empty())) return &message;
    if ((is_error || message.kind == Kind::kResult) && message.id_json == id) return &message;
  }
  return nullptr;
}

net::Task<void> Sleep(net::Deadline until) {
  net::Timer timer(co_await net::asio::this_coro::executor, until);
  co_await timer.async_wait(net::asio::as_tuple(net::kUseTask));
}

}  // namespace

net::Task<std::optional<Reply>> StreamableHttp::Call(Run& run, std::int64_t id, std::string body,
                                                     Headers headers) {
  Headers all = PostHeaders();
  std::move(headers.begin(), headers.end(), std::back_inserter(all));
  if (era_ == mcp::Era::kLegacy) AppendSessionHeaders(run, all);
  const auto head = co_await Send(run, "POST", std::move(all), std::move(body));
  if (!head) {
    run.session_may_come = era_ == mcp::Era::kLegacy && run.phase == vitals::Phase::kInitialize &&
                           run.result.reason == Reason::kTimeout;
    co_return std::nullopt;
  }
  if (!TakeSession(run, *head)) co_return std::nullopt;
  if (head->status == 401 || head->status == 403) {
    co_await RecordAuthorizationFailure(run, *head);
    co_return std::nullopt;
  }
  co_return co_await ReadReply(run, *head, id);
}

// A session may come with an answer that is then found wanting; it is to be ended all the same.
// False for an id that no client may send back.
bool StreamableHttp::TakeSession(Run& run, const net::HttpHead& head) const {
  const std::string_view id = head.Find(mcp::kSessionIdHeader);
  if (id.empty() || run.session) return true;
  const bool opens = era_ == mcp::Era::kLegacy && head.status < 300;
  if (!mcp::IsValidSessionId(id)) {
    if (opens) {
      run.Fail({Reason::kSessionError, "the session id has characters that are not allowed in it",
                "A session id is visible ASCII, without spaces."});
    }
    return !opens;
  }
  if (opens) {
    run.session = LegacySession{run.url, std::string(id), ""};
  } else if (!run.known_mcp) {
    run.strays.push_back({run.url, std::string(id), ""});
  }
  return true;
}

net::Task<std::optional<Reply>> StreamableHttp::ReadReply(Run& run, const net::HttpHead& head,
                                                          std::int64_t id) {
  const bool success = head.status >= 200 && head.status < 300;
  if (success && HasMediaType(head, "text/event-stream")) {
    co_return co_await ReadStream(run, id);
  }
  co_return co_await ReadJson(run, head, id);
}

net::Task<std::optional<Reply>> StreamableHttp::ReadJson(Run& run, const net::HttpHead& head,
                                                         std::int64_t id) {
  const bool success = head.status >= 200 && head.status < 300;
  std::optional<std::string> body;
  if (success) {
    body = co_await ReadBody(run);
  } else {
    body = co_await ReadErrorBody(run);
  }
  if (!body) co_return std::nullopt;
  Reply reply;
  reply.status = head.status;
  const std::string_view type = head.Find("Content-Type");
  auto messages = mcp::ParseMessages(*body);
  if (messages) {
    mcp::Message* answer = FindAnswer(*messages, std::to_string(id), !success);
    if (answer != nullptr) {
      reply.pointer = PointerTo(static_cast<std::size_t>(answer - messages->data()), *body);
      reply.message = std::make_unique<mcp::Message>(std::move(*answer));
      reply.document = std::make_shared<const std::string>(std::move(*body));
      // The clients of the SDKs take an answer by its type alone.
      if (success && !HasMediaType(head, "application/json")) {
        run.Fail({Reason::kProtocolError,
                  "the answer is right, and its Content-Type is not: " +
                      (type.empty() ? "none" : Printable(type, 60)),
                  "Clients take application/json and text/event-stream only."});
        co_return std::nullopt;
      }
    } else if (success) {
      run.Fail({Reason::kProtocolError, "the answer is for another request than the one sent", ""});
      co_return std::nullopt;
    }
  } else if (success) {
    run.Fail(MessageFailure(messages.error(), type, run.known_mcp));
    co_return std::nullopt;
  }
  // A page for people says nothing in one line.
  if (!reply.message && !HasMediaType(head, "text/html")) reply.excerpt = body->substr(0, kExcerpt);
  co_return reply;
}

net::Task<std::optional<Reply>> StreamableHttp::ReadStream(Run& run, std::int64_t id) {
  const std::string wanted = std::to_string(id);
  auto stream = std::make_unique<MessageStream>(run.target->max_answer_bytes);
  std::string last_event;
  int resumptions = 0;
  while (true) {
    auto received = co_await stream->Next(*run.http, run.answer_by);
    if (received) {
      using Kind = mcp::Message::Kind;
      const mcp::Message& message = received->message;
      const bool answers = message.kind == Kind::kResult || message.kind == Kind::kError;
      if (answers && (message.id_json == wanted || message.id_json.empty())) {
        run.result.response_bytes = run.result.response_bytes.value_or(0) + stream->bytes();
        co_await FinishAnswer(run);
        co_return TakeReply(*received);
      }
      const bool asks = message.kind == Kind::kRequest && era_ == mcp::Era::kLegacy;
      if (!asks) continue;
      if (!run.MayReply()) co_return std::nullopt;
      co_await Answer(run, message);
      continue;
    }
    if (!stream->parser().last_event_id().empty()) last_event = stream->parser().last_event_id();
    const bool ended =
        stream->end() == MessageStream::End::kClean || stream->end() == MessageStream::End::kCut;
    const bool can_resume = ended && era_ == mcp::Era::kLegacy && !last_event.empty() &&
                            resumptions++ < kMaxResumptions;
    if (!can_resume) {
      run.Fail(StreamFailure(stream->end(), run.known_mcp));
      co_return std::nullopt;
    }
    const auto pause = stream->parser().retry().value_or(kDefaultRetry);
    const bool resumed = co_await Resume(run, last_event, pause);
    if (!resumed) co_return std::nullopt;
    stream = std::make_unique<MessageStream>(run.target->max_answer_bytes);
  }
}

// A request of the server's own (a ping, say) on the stream of an answer: the reply needs another
// connection, since this one is busy. Whether the server likes it is seen from its own answer.
net::Task<void> StreamableHttp::Answer(Run& run, const mcp::Message& request) {
  std::optional<net::HttpClient> stream = std::exchange(run.http, std::nullopt);
  const bool taken =
      co_await Notify(run, mcp::ReplyToServerRequest(request.id_json, request.method));
  if (!taken) run.Forgive();
  run.http = std::move(stream);
}

net::Task<bool> StreamableHttp::Resume(Run& run, std::string last_event,
                                       std::chrono::milliseconds pause) {
  Headers headers = {{"Accept", "text/event-stream"},
                     {std::string(mcp::kLastEventIdHeader), last_event}};
  AppendSessionHeaders(run, headers);
  const net::Deadline until = net::Clock::now() + pause;
  if (until >= run.deadline) {
    run.Fail({Reason::kTimeout,
              "the event stream ended before the answer, which is to be asked for after " +
                  std::to_string(pause.count()) + " ms: too late for this probe",
              ""});
    co_return false;
  }
  co_await Sleep(until);
  const auto head = co_await Send(run, "GET", std::move(headers), "");
  if (!head) co_return false;
  if (head->status == 200 && HasMediaType(*head, "text/event-stream")) {
    co_return true;
  }
  run.Fail({Reason::kStreamCut,
            "the event stream ended before the answer, and resuming it was answered HTTP " +
                std::to_string(head->status),
            ""});
  co_return false;
}

net::Task<bool> StreamableHttp::Notify(Run& run, std::string body) {
  Headers headers = PostHeaders();
  if (era_ == mcp::Era::kLegacy) AppendSessionHeaders(run, headers);
  co_return co_await PostOneWay(run, std::move(headers), std::move(body), run.session.has_value());
}

}  // namespace mcp_vitals::probe
