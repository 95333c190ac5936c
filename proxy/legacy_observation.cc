#include "proxy/legacy_observation.h"

#include <algorithm>
#include <utility>

#include "mcp/methods.h"
#include "proxy/outcome.h"

namespace mcp_vitals::proxy {

using mcp::Envelope;
using vitals::Outcome;
using vitals::SessionEnd;
using vitals::StreamEnd;
using vitals::StreamKind;

namespace {

// What requests count as that are no single message with a method.
constexpr std::string_view kGet = "_GET";
constexpr std::string_view kDelete = "_DELETE";
constexpr std::string_view kBatch = "_BATCH";
constexpr std::string_view kAnswer = "_ANSWER";  // of the client, to a request of the server

constexpr std::string_view kInitialize = "initialize";
constexpr std::string_view kCancelled = "notifications/cancelled";

// How SDKs say that they do not know a session, when it is not by a 404.
constexpr std::int64_t kServerError = -32000;
constexpr std::int64_t kNotFound = -32001;

// Many other things go wrong under those codes.
bool SpeaksOfSession(std::string_view message) {
  constexpr std::string_view kWord = "session";
  const auto found = std::search(
      message.begin(), message.end(), kWord.begin(), kWord.end(),
      [](char c, char lower) { return (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) == lower; });
  return found != message.end();
}

}  // namespace

LegacyObservation::LegacyObservation(Observer& observer, const RequestFacts& facts,
                                     ExchangeNumber number, Time began, Asks asks)
    : McpObservation(observer, facts, number, began, asks == Asks::kMessage),
      asks_(asks),
      resumes_(!facts.last_event_id.empty()),
      names_version_(!facts.protocol_version.empty()) {
  FindSession(facts);
  if (asks_ == Asks::kStream || asks_ == Asks::kAnything) {
    method_ = kGet;
    target_ = facts.target;
  }
  if (asks_ == Asks::kSessionEnd) method_ = kDelete;
}

void LegacyObservation::FindSession(const RequestFacts& facts) {
  if (!facts.session_id.empty()) {
    session_key_ = KeyOfId(facts.session_id);
    session_ = observer_.FindSession(session_key_);
  } else if (asks_ == Asks::kMessage) {
    session_ = observer_.FindSession(KeyOfEndpoint(facts.target));
  }
  if (!session_) return;
  session_->last_heard = began_;
  operations_ = &session_->operations;
}

void LegacyObservation::RequestEnd() {
  if (asks_ != Asks::kMessage) return;
  if (!reads_request_ || body_.gave_up()) {
    ++observer_.vitals().uninspected_bodies;
    method_ = kOther;
  } else {
    const auto read = observer_.reader().Read(
        body_.bytes(), [this](const Envelope& message) { OnAsked(message); });
    if (messages_ > 1) method_ = kBatch;
    if (!read || messages_ == 0) method_ = kOther;
  }
  reads_request_ = false;
  body_.Release();
}

void LegacyObservation::OnAsked(const Envelope& message) {
  ++messages_;
  method_ = message.is_answer() ? kAnswer : mcp::KnownMethod(message.method);
  if (message.kind == Envelope::Kind::kRequest) {
    Begin(method_, method_ == mcp::kToolsCall ? message.name : "", message.id, message.traceparent);
  }
  if (message.cancelled_id && message.method == kCancelled) {
    const auto cancelled = operations_->Take(*message.cancelled_id, 0);
    if (cancelled) End(*cancelled, Outcome::kCancelled, began_);
  }
}

bool LegacyObservation::may_end_stream() const {
  return McpObservation::may_end_stream() && (!session_ || session_->operations.empty());
}

bool LegacyObservation::opens_session_or_stream() const {
  return asks_ == Asks::kStream || method_ == kInitialize;
}

// What the status says of the session that the request was in, or opens.
void LegacyObservation::OnHead(const AnswerFacts& facts, Time now) {
  if (asks_ == Asks::kAnything) asks_ = Asks::kStream;  // for that is what it gets
  if (IsSuccess(facts.status)) {
    if (session_ && asks_ == Asks::kSessionEnd) {
      observer_.EndSession(*session_, SessionEnd::kDeleted, now);
    } else if (OpensSession(facts)) {
      EnterSession(observer_.OpenSession(KeyOfId(facts.session_id), now));
    } else if (!session_ && !session_key_.empty() && asks_ != Asks::kSessionEnd) {
      EnterSession(observer_.AdoptSession(session_key_, now));
    }
  } else if (session_ && facts.status == 404) {
    MoveOperations(own_);  // for they have an answer: this one
    observer_.EndSession(*session_, SessionEnd::kLost, now);
  }
}

// Whatever session it was sent in: that may be one which its client should have forgotten.
bool LegacyObservation::OpensSession(const AnswerFacts& facts) const {
  if (method_ != kInitialize || facts.session_id.empty()) return false;
  if (!SessionLives()) return true;
  return !session_->answers_on_stream && session_->key != KeyOfId(facts.session_id);
}

// Null: there was no room for it.
void LegacyObservation::EnterSession(std::shared_ptr<Session> session) {
  if (!session) return;
  MoveOperations(session->operations);  // from the session before, if there was one
  session_ = std::move(session);
}

void LegacyObservation::MoveOperations(Operations& to) {
  if (operations_ == &to) return;
  for (Operation& mine : operations_->TakeIf(
           [this](const Operation& operation) { return operation.exchange == number_; })) {
    to.Add(std::move(mine));
  }
  operations_ = &to;
}

WatchedStream::Facts LegacyObservation::StreamFacts() const {
  WatchedStream::Facts facts;
  facts.resumed = resumes_;
  if (asks_ != Asks::kStream) return facts;
  const bool is_later = (resumes_ || names_version_) && !observer_.endpoint_paths().Has(target_);
  facts.certain = !session_key_.empty() || is_later;
  facts.kind = facts.certain ? StreamKind::kGet : StreamKind::kSse;
  return facts;
}

void LegacyObservation::OnStreamOpened() {
  if (!session_) return;
  ++session_->streams;
  if (asks_ == Asks::kStream && resumes_) ResumeOperations();
}

// Their client has come back: they wait as long as this stream lives.
void LegacyObservation::ResumeOperations() {
  for (Operation& operation : operations_->list()) {
    if (operation.exchange == 0) operation.exchange = number_;
  }
}

void LegacyObservation::OnEndpoint(std::string_view uri, Time now) {
  if (asks_ != Asks::kStream || session_) return;
  observer_.endpoint_paths().Add(target_);
  session_ = observer_.OpenSession(KeyOfEndpoint(uri), now);
  if (!session_) return;
  session_->answers_on_stream = true;
  session_->streams = 1;
  operations_ = &session_->operations;
}

void LegacyObservation::OnMessage(const Envelope& message, Time now) {
  if (!message.is_answer()) return;
  const bool is_error = message.kind == Envelope::Kind::kError;
  if (message.id == 0 && is_error && messages_ == 1) {
    AnsweredWithoutId(message, now);
  } else if (const auto answered = operations_->Take(message.id, number_)) {
    End(*answered, OutcomeOf(message, *answered), now);
  }
}

// An error without an id answers the one message that was sent.
void LegacyObservation::AnsweredWithoutId(const Envelope& message, Time now) {
  for (const Operation& one : operations_->TakeIf(
           [this](const Operation& operation) { return operation.exchange == number_; })) {
    End(one, OutcomeOf(message, one), now);
  }
  const bool may_mean_it = message.error_code == kServerError || message.error_code == kNotFound;
  if (status_ == 400 && session_ && may_mean_it && SpeaksOfSession(message.error_message)) {
    observer_.EndSession(*session_, SessionEnd::kLost, now);
  }
}

// What a 2024-11-05 session still answers ends unseen.
void LegacyObservation::OnStreamUnreadable() {
  if (!session_ || !session_->answers_on_stream) return;
  session_->unread = true;
  const auto waits = [](const Operation& operation) { return operation.exchange == 0; };
  for (const Operation& unseen : operations_->TakeIf(waits)) observer_.ForgetOperation(unseen);
}

void LegacyObservation::OnEnding(bool whole, Time now) {
  const Time window_ends = now + observer_.options().resume_window;
  const bool elsewhere = SessionLives() && session_->answers_on_stream;
  if (elsewhere && !stream_ && whole && IsSuccess(status_)) {
    unread_ = unread_ || session_->unread;
    if (!session_->unread) LeaveToSession(Time::max());
  } else if (elsewhere && asks_ == Asks::kMessage && !whole) {
    LeaveToSession(window_ends);
  } else if (IsResumable()) {
    LeaveToSession(window_ends);
  }
}

bool LegacyObservation::IsResumable() const {
  return stream_ && (stream_->resumable() || resumes_) && SessionLives();
}

void LegacyObservation::LeaveToSession(Time given_up) {
  for (Operation& operation : operations_->list()) {
    if (operation.exchange != number_) continue;
    operation.exchange = 0;
    operation.given_up = given_up;
    operation.is_timed = false;
    if (session_->answers_on_stream) LimitTime(operation);
  }
}

// Where no exchange waits for the answer, none can end when the tool takes too long.
void LegacyObservation::LimitTime(Operation& operation) const {
  const auto& timeouts = observer_.options().tool_timeouts;
  const auto timeout = timeouts.find(operation.tool);
  if (timeout == timeouts.end()) return;
  const Time late = operation.began + timeout->second;
  operation.is_timed = late < operation.given_up;
  operation.given_up = std::min(late, operation.given_up);
}

void LegacyObservation::OnStreamEnded(StreamEnd end, Time now) {
  if (!session_) return;
  --session_->streams;
  session_->last_heard = now;
  if (!session_->answers_on_stream) return;
  const bool regular = end == StreamEnd::kClient || end == StreamEnd::kDrain;
  observer_.EndSession(*session_, regular ? SessionEnd::kDeleted : SessionEnd::kLost, now);
}

}  // namespace mcp_vitals::proxy
