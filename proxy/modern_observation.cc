#include "proxy/modern_observation.h"

#include "mcp/headers.h"
#include "mcp/methods.h"
#include "proxy/outcome.h"

namespace mcp_vitals::proxy {

using mcp::Envelope;
using vitals::Outcome;

namespace {

constexpr std::string_view kListen = "subscriptions/listen";
constexpr std::string_view kAcknowledged = "notifications/subscriptions/acknowledged";

// The head says all but, maybe, the trace.
bool WantsBody(const RequestFacts& facts, const ObserverOptions& options) {
  return options.read_traceparent && facts.traceparent.empty();
}

}  // namespace

ModernObservation::ModernObservation(Observer& observer, const RequestFacts& facts,
                                     ExchangeNumber number, Time began)
    : McpObservation(observer, facts, number, began, WantsBody(facts, observer.options())) {
  method_ = mcp::KnownMethod(facts.method);
  if (facts.method.starts_with("notifications/")) return;
  const bool is_call = method_ == mcp::kToolsCall;
  Begin(method_, is_call ? mcp::DecodeHeaderValue(facts.name).value_or("") : "", 0, {});
}

// The operation has begun with the head; what its record wants besides is known now.
void ModernObservation::RequestEnd() {
  std::string traceparent;
  if (reads_request_ && !body_.gave_up()) {
    static_cast<void>(observer_.reader().Read(
        body_.bytes(), [&](const Envelope& message) { traceparent = message.traceparent; }));
  }
  for (Operation& operation : own_.list()) {
    operation.request_bytes = request_bytes_;
    if (operation.traceparent.empty()) operation.traceparent = traceparent;
  }
  body_.Release();
}

bool ModernObservation::opens_session_or_stream() const { return method_ == kListen; }

WatchedStream::Facts ModernObservation::StreamFacts() const {
  WatchedStream::Facts facts;
  if (method_ == kListen) facts.kind = vitals::StreamKind::kListen;
  return facts;
}

// The one answer is the operation's, whatever its id; that of `listen` is its acknowledgement.
void ModernObservation::OnMessage(const Envelope& message, Time now) {
  const bool acknowledged = method_ == kListen && message.method == kAcknowledged;
  if (!message.is_answer() && !acknowledged) return;
  for (const Operation& one : own_.TakeIf([](const Operation&) { return true; })) {
    End(one, acknowledged ? Outcome::kOk : OutcomeOf(message, one), now);
  }
}

}  // namespace mcp_vitals::proxy
