#include "proxy/mcp_observation.h"

#include <algorithm>
#include <utility>

#include "mcp/methods.h"
#include "proxy/media_type.h"
#include "proxy/outcome.h"

namespace mcp_vitals::proxy {

using mcp::Envelope;
using vitals::Outcome;
using vitals::StreamEnd;

namespace {
// Under way in one session or exchange; more are not followed. They are searched in a row.
constexpr std::size_t kMaxOperations = 1000;
}  // namespace

McpObservation::McpObservation(Observer& observer, const RequestFacts& facts, ExchangeNumber number,
                               Time began, bool reads_request)
    : observer_(observer),
      number_(number),
      began_(began),
      body_(observer.bodies()),
      reads_request_(reads_request && IsPlain(facts.content_encoding)),
      traceparent_(observer.options().read_traceparent ? facts.traceparent : std::string_view()),
      probe_(facts.probe) {}

void McpObservation::Begin(std::string_view method, const std::string& tool, mcp::RpcId id,
                           std::string_view traceparent) {
  if (operations_->size() >= kMaxOperations) {
    observer_.vitals().Hit(vitals::Limit::kOperations);
    return;
  }
  ++operations_begun_;
  Operation operation;
  operation.id = id;
  operation.method = method;
  operation.tool = tool;
  // A call without a name, or with one that is no label, is of a tool that does not exist.
  const bool is_named = !tool.empty() && tool.size() <= ToolNames::kMaxNameBytes;
  if (method == mcp::kToolsCall && !is_named) operation.tool = "?";
  if (method == mcp::kToolsCall) tools_.push_back(operation.tool);
  operation.began = began_;
  operation.exchange = number_;
  operation.session = session_digest();
  operation.probe = probe_;
  operation.traceparent = traceparent.empty() ? std::string_view(traceparent_) : traceparent;
  operation.request_bytes = request_bytes_;
  observer_.BeginOperation(*operations_, std::move(operation));
}

void McpObservation::End(Operation operation, Outcome outcome, Time now) {
  if (operation.exchange == number_) operation.status = status_;
  if (operation.session == 0) operation.session = session_digest();
  operation.answer_bytes = answer_bytes_;
  observer_.EndOperation(operation, outcome, now);
}

void McpObservation::RequestBytes(std::string_view bytes) {
  request_bytes_ += bytes.size();
  if (reads_request_) body_.Append(bytes);
}

bool McpObservation::is_answered() const {
  return std::none_of(operations_->list().begin(), operations_->list().end(),
                      [this](const Operation& open) { return open.exchange == number_; });
}

void McpObservation::CountRequest(int status) {
  status_ = status;
  observer_.ledger().CountRequest(method_.empty() ? kOther : method_, status);
}

void McpObservation::Answer(const AnswerFacts& facts, Time now) {
  const bool plain = IsPlain(facts.content_encoding);
  const bool is_json = IsMediaType(facts.content_type, "application/json");
  const bool is_events = IsMediaType(facts.content_type, "text/event-stream");
  const bool is_stream = is_events && IsSuccess(facts.status);
  if (!is_stream && !is_surely_mcp()) return CountForeign();
  CountRequest(facts.status);
  // What has not come of the request yet is not read any more: the answer's bytes are held now.
  reads_request_ = false;
  body_.Release();
  OnHead(facts, now);
  is_json_answer_ = plain && is_json;
  if (is_stream) {
    WatchedStream::Facts stream = StreamFacts();
    stream.readable = plain;
    stream.asked = began_;
    stream_ = std::make_unique<WatchedStream>(observer_, stream, now);
    OnStreamOpened();
  }
  unread_ = !plain && (is_events || is_json);
  if (unread_) ++observer_.vitals().uninspected_bodies;
}

void McpObservation::AnswerBytes(std::string_view bytes, Time now) {
  answer_bytes_ += bytes.size();
  if (stream_) {
    stream_->Bytes(bytes, now, [&](const mcp::SseEvent& event) { OnEvent(event, now); });
    if (unread_ || stream_->readable()) return;
    unread_ = true;
    OnStreamUnreadable();
  } else if (is_json_answer_) {
    body_.Append(bytes);
  }
}

void McpObservation::OnEvent(const mcp::SseEvent& event, Time now) {
  if (event.type == "endpoint") {
    OnEndpoint(event.data, now);
  } else if (event.type == "message" && !event.data.empty()) {
    ReadMessages(event.data, now);
  }
}

// What is no JSON is the client's to complain about.
void McpObservation::ReadMessages(std::string_view json, Time now) {
  static_cast<void>(observer_.reader().Read(json, [&](const Envelope& message) {
    if (!message.tools.empty()) observer_.ledger().tools().Learn(message.tools);
    if (!message.method.empty()) {
      ++observer_.vitals().server_messages[mcp::KnownMethod(message.method)];
    }
    OnMessage(message, now);
  }));
}

void McpObservation::AnswerEnd(Time now) {
  if (is_json_answer_ && !body_.gave_up()) {
    ReadMessages(body_.bytes(), now);
  } else if (is_json_answer_) {
    unread_ = true;
    ++observer_.vitals().uninspected_bodies;
  }
  body_.Release();
  OnEnding(true, now);
  Settle(OutcomeOf(status_), now);
  EndStream(StreamEnd::kServer, now);
}

void McpObservation::Broken(StreamEnd end, Time now) {
  OnEnding(false, now);
  Settle(end == StreamEnd::kClient ? Outcome::kCancelled : Outcome::kCut, now);
  EndStream(end, now);
}

void McpObservation::Refused(int status, Time now) {
  if (!is_surely_mcp()) return CountForeign();
  CountRequest(status);
  Settle(OutcomeOf(status), now);
}

void McpObservation::Settle(Outcome outcome, Time now) {
  for (const Operation& open : operations_->TakeIf(
           [this](const Operation& operation) { return operation.exchange == number_; })) {
    if (unread_ && outcome == Outcome::kCut) {
      observer_.ForgetOperation(open);
    } else {
      End(open, outcome, now);
    }
  }
}

void McpObservation::EndStream(StreamEnd end, Time now) {
  if (!stream_) return;
  stream_->End(end, now);
  OnStreamEnded(end, now);
}

}  // namespace mcp_vitals::proxy
