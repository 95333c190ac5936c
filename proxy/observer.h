#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "mcp/envelope.h"
#include "proxy/body_copy.h"
#include "proxy/call_ages.h"
#include "proxy/clock.h"
#include "proxy/endpoint_paths.h"
#include "proxy/idle_cuts.h"
#include "proxy/ledger.h"
#include "proxy/operation_record.h"
#include "proxy/operations.h"
#include "proxy/sessions.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

class Observation;
class WatchedStream;

struct ObserverOptions {
  std::size_t max_sessions = 100'000;
  std::size_t max_series = 1000;  // of operations
  std::chrono::milliseconds session_idle = std::chrono::minutes(30);
  // How long after the end of a stream its client may still come back for the answer.
  std::chrono::milliseconds resume_window = std::chrono::minutes(1);
  // From when on a stream or a session of which nothing is heard is a finding.
  std::chrono::milliseconds silent = std::chrono::minutes(5);
  bool read_traceparent = false;           // for records: from bodies too
  std::vector<std::string> counted_tools;  // whose operations in flight are asked for
  // How long 2024-11-05's calls of a tool may take, which no exchange waits for.
  std::map<std::string, std::chrono::milliseconds, std::less<>> tool_timeouts;
};

// What a request's head says. The views need to hold during Observer::Begin only.
struct RequestFacts {
  std::string_view http_method;
  std::string_view target;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view accept;
  std::string_view session_id;        // Mcp-Session-Id
  std::string_view protocol_version;  // MCP-Protocol-Version
  std::string_view method;            // Mcp-Method
  std::string_view name;              // Mcp-Name
  std::string_view last_event_id;
  std::string_view traceparent;
  std::uint64_t probe = 0;  // vitals::ProbeTag of the target, of a probe of ours
};

// Understands the MCP in the exchanges that pass, and writes down what it sees. It does no I/O and
// changes nothing: whoever carries the bytes tells it of them. One thread.
class Observer {
 public:
  // The arguments outlive it.
  Observer(const ObserverOptions& options, BodyBudget& bodies, ToolNames& tools,
           vitals::ServerVitals& vitals)
      : options_(options),
        bodies_(bodies),
        ledger_(vitals, tools, options.max_series),
        sessions_(options.max_sessions) {
    for (const std::string& tool : options.counted_tools) tools_in_flight_[tool] = 0;
  }

  // `began`: when the first byte of the request came.
  std::unique_ptr<Observation> Begin(const RequestFacts& facts, Time began);
  // Who is told of each operation that has ended.
  void SetRecorder(std::function<void(const OperationRecord&)> record) {
    record_ = std::move(record);
  }
  // Brings those vitals up to date that time alone changes.
  void Refresh(Time now);
  IdleCuts& idle_cuts() { return idle_cuts_; }
  // How many operations of a tool in ObserverOptions::counted_tools are in flight.
  std::size_t InFlight(const std::string& tool) const;
  // Ends what has waited for too long. However often it comes, it looks once a second, so that an
  // end may be late by that.
  void Tick(Time now);

  // ---- for the observations -------------------------------------------------------------------
  const ObserverOptions& options() const { return options_; }
  vitals::ServerVitals& vitals() { return ledger_.vitals(); }
  Ledger& ledger() { return ledger_; }
  BodyBudget& bodies() { return bodies_; }
  mcp::EnvelopeReader& reader() { return reader_; }
  std::unordered_set<const WatchedStream*>& streams() { return streams_; }
  EndpointPaths& endpoint_paths() { return endpoint_paths_; }

  std::shared_ptr<Session> FindSession(std::string_view key) const { return sessions_.Find(key); }
  // One that was opened before our eyes; null when there are too many.
  std::shared_ptr<Session> OpenSession(std::string key, Time now);
  // One that is in use, though we never saw it opened; null likewise.
  std::shared_ptr<Session> AdoptSession(std::string key, Time now);
  void EndSession(Session& session, vitals::SessionEnd end, Time now);

  void BeginOperation(Operations& operations, Operation operation);
  void EndOperation(const Operation& operation, vitals::Outcome outcome, Time now);
  // One whose answer passed unread: it has ended, nobody knows how.
  void ForgetOperation(const Operation& operation);

 private:
  CallAges& AgesOf(const std::string& tool);

  const ObserverOptions& options_;
  BodyBudget& bodies_;
  Ledger ledger_;
  Sessions sessions_;
  mcp::EnvelopeReader reader_;
  std::function<void(const OperationRecord&)> record_;
  std::unordered_set<const WatchedStream*> streams_;  // live
  IdleCuts idle_cuts_;
  EndpointPaths endpoint_paths_;
  ExchangeNumber exchanges_ = 0;
  std::map<std::string, std::size_t> tools_in_flight_;
  std::map<std::string, CallAges, std::less<>> ages_;  // by the tool's label; stay where they are
  Time next_look_ = Time::min();
};

}  // namespace mcp_vitals::proxy
