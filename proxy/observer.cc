#include "proxy/observer.h"

#include <utility>
#include <vector>

#include "mcp/methods.h"
#include "proxy/observation.h"
#include "proxy/watched_stream.h"

namespace mcp_vitals::proxy {

using vitals::Outcome;
using vitals::SessionEnd;

namespace {
constexpr auto kBetweenLooks = std::chrono::seconds(1);
}  // namespace

std::unique_ptr<Observation> Observer::Begin(const RequestFacts& facts, Time began) {
  return MakeObservation(*this, facts, ++exchanges_, began);
}

void Observer::Tick(Time now) {
  if (now < next_look_) return;
  next_look_ = now + kBetweenLooks;
  std::vector<std::shared_ptr<Session>> idle;
  sessions_.ForEach([&](const std::shared_ptr<Session>& session) {
    for (const Operation& lost : session->operations.TakeIf([&](const Operation& operation) {
           return operation.exchange == 0 && operation.given_up <= now;
         })) {
      if (lost.is_timed) vitals().Hit(vitals::Limit::kToolTimeout);
      EndOperation(lost, Outcome::kCut, now);
    }
    const bool in_use = session->streams > 0 || !session->operations.empty();
    if (!in_use && now - session->last_heard >= options_.session_idle) idle.push_back(session);
  });
  for (const auto& session : idle) EndSession(*session, SessionEnd::kExpired, now);
}

void Observer::Refresh(Time now) {
  for (auto& stream : vitals().streams) stream.silent = 0;
  for (const WatchedStream* stream : streams_) {
    const bool silent = now - stream->last_heard() >= options_.silent;
    if (silent) ++vitals().of(stream->kind()).silent;
  }
  auto& sessions = vitals().sessions;
  sessions.abandoned = 0;
  sessions_.ForEach([&](const std::shared_ptr<Session>& session) {
    const bool silent = now - session->last_heard >= options_.silent;
    if (session->streams == 0 && silent) ++sessions.abandoned;
  });
  vitals().idle_cut_seconds = idle_cuts_.Find(now);
  vitals().calls_in_flight.clear();
  for (const auto& [tool, ages] : ages_) {
    if (ages.in_flight() > 0) vitals().calls_in_flight[tool] = ages.At(now);
  }
}

std::shared_ptr<Session> Observer::OpenSession(std::string key, Time now) {
  // Whoever gives an id away again knows the old session no more; 2024-11-05's end with their
  // streams.
  const auto old = sessions_.Find(key);
  if (old && !old->answers_on_stream) EndSession(*old, SessionEnd::kLost, now);
  auto session = sessions_.Add(std::move(key), now);
  auto& counts = vitals().sessions;
  ++counts.opened;
  counts.live = sessions_.size();
  if (session) {
    session->opened_here = true;
  } else {
    vitals().Hit(vitals::Limit::kSessions);
  }
  return session;
}

std::shared_ptr<Session> Observer::AdoptSession(std::string key, Time now) {
  // Another exchange may have been faster.
  if (auto known = sessions_.Find(key)) return known;
  auto session = sessions_.Add(std::move(key), now);
  vitals().sessions.live = sessions_.size();
  if (!session) vitals().Hit(vitals::Limit::kSessions);
  return session;
}

void Observer::EndSession(Session& session, SessionEnd end, Time now) {
  if (session.ended) return;
  session.ended = true;
  const Outcome outcome = end == SessionEnd::kDeleted ? Outcome::kCancelled : Outcome::kCut;
  for (const Operation& open : session.operations.TakeIf([](const Operation&) { return true; })) {
    EndOperation(open, outcome, now);
  }
  auto& counts = vitals().sessions;
  ++counts.closed[static_cast<std::size_t>(end)];
  if (session.opened_here) counts.duration.Observe(SecondsBetween(session.since, now));
  sessions_.Remove(session);
  counts.live = sessions_.size();
}

void Observer::BeginOperation(Operations& operations, Operation operation) {
  ++vitals().operations_in_flight;
  if (const auto tool = tools_in_flight_.find(operation.tool); tool != tools_in_flight_.end()) {
    ++tool->second;
  }
  if (operation.method == mcp::kToolsCall) {
    operation.ages = &AgesOf(operation.tool);
    operation.ages->Begin(operation.began);
  }
  operations.Add(std::move(operation));
}

// The label may be another one when the call ends, since the server has listed its tools meanwhile:
// the call itself remembers where it was counted.
CallAges& Observer::AgesOf(const std::string& tool) {
  const std::string_view label = ledger_.tools().LabelOf(tool);
  const auto known = ages_.find(label);
  return known != ages_.end() ? known->second : ages_[std::string(label)];
}

void Observer::ForgetOperation(const Operation& operation) {
  --vitals().operations_in_flight;
  if (operation.ages != nullptr) operation.ages->End(operation.began);
  const auto tool = tools_in_flight_.find(operation.tool);
  if (tool != tools_in_flight_.end()) --tool->second;
}

std::size_t Observer::InFlight(const std::string& tool) const {
  const auto counted = tools_in_flight_.find(tool);
  return counted == tools_in_flight_.end() ? 0 : counted->second;
}

void Observer::EndOperation(const Operation& operation, Outcome outcome, Time now) {
  ForgetOperation(operation);
  const double seconds = SecondsBetween(operation.began, now);
  ledger_.CountOperation(operation.method, operation.tool, outcome, seconds);
  if (!record_) return;
  record_({operation.session, operation.method, operation.tool, outcome, seconds, operation.status,
           operation.request_bytes, operation.answer_bytes, operation.traceparent,
           operation.probe});
}

}  // namespace mcp_vitals::proxy
