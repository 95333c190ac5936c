#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/envelope.h"
#include "mcp/sse_parser.h"
#include "proxy/body_copy.h"
#include "proxy/observation.h"
#include "proxy/operations.h"
#include "proxy/watched_stream.h"

namespace mcp_vitals::proxy {

// What both eras have in common: bodies that are read along, JSON answers and event streams, the
// operations of the exchange and how they end.
class McpObservation : public Observation {
 public:
  void RequestBytes(std::string_view bytes) final;
  void Answer(const AnswerFacts& facts, Time now) final;
  void AnswerBytes(std::string_view bytes, Time now) final;
  void AnswerEnd(Time now) final;
  void Broken(vitals::StreamEnd end, Time now) final;
  void GiveUp(Time now) final { Settle(vitals::Outcome::kCut, now); }
  void Refused(int status, Time now) final;

  bool is_stream() const final { return stream_ != nullptr; }
  bool is_lasting() const final { return stream_->kind() != vitals::StreamKind::kPost; }
  bool may_end_stream() const override { return stream_->is_between_events(); }
  Time last_heard() const final { return stream_->last_heard(); }
  bool is_answered() const final;
  std::size_t operations_begun() const final { return operations_begun_; }
  const std::vector<std::string>& tools() const final { return tools_; }

 protected:
  // `reads_request`: its body is to be gathered.
  McpObservation(Observer& observer, const RequestFacts& facts, ExchangeNumber number, Time began,
                 bool reads_request);

  // ---- what the eras do differently ------------------------------------------------------------
  // False: it is MCP only if its answer is an event stream.
  virtual bool is_surely_mcp() const { return true; }
  // The head has come, and nothing of the body.
  virtual void OnHead(const AnswerFacts& facts, Time now) = 0;
  // What the answer is as a stream, but for `readable` and `asked`.
  virtual WatchedStream::Facts StreamFacts() const = 0;
  virtual void OnStreamOpened() {}
  virtual void OnEndpoint(std::string_view, Time) {}  // 2024-11-05: where messages go
  virtual void OnMessage(const mcp::Envelope& message, Time now) = 0;
  // The stream can't be read any more.
  virtual void OnStreamUnreadable() {}
  // The exchange ends; what it leaves to others is not settled then.
  virtual void OnEnding(bool whole, Time) { static_cast<void>(whole); }
  virtual void OnStreamEnded(vitals::StreamEnd, Time) {}
  // The digest of the session that the exchange is in, as far as it is known; 0: none.
  virtual std::uint64_t session_digest() const { return 0; }

  void Begin(std::string_view method, const std::string& tool, mcp::RpcId id,
             std::string_view traceparent);
  void End(Operation operation, vitals::Outcome outcome, Time now);
  // Ends what of this exchange has had no answer.
  void Settle(vitals::Outcome outcome, Time now);

  Observer& observer_;
  const ExchangeNumber number_;
  const Time began_;
  std::string_view method_;  // of the one message, or what it counts as; static storage
  Operations own_;
  Operations* operations_ = &own_;  // where those of this exchange are
  BodyCopy body_;                   // of the request, then of the answer
  bool reads_request_;              // it is passing, and can be read as it stands
  bool unread_ = false;             // an answer has passed that we could not read
  int status_ = 0;
  std::uint64_t request_bytes_ = 0;
  std::string traceparent_;  // of the head; only if it is asked for
  std::unique_ptr<WatchedStream> stream_;

 private:
  void CountRequest(int status);
  void CountForeign() { ++observer_.vitals().foreign_requests; }
  void OnEvent(const mcp::SseEvent& event, Time now);
  void ReadMessages(std::string_view json, Time now);
  void EndStream(vitals::StreamEnd end, Time now);

  const std::uint64_t probe_;
  std::size_t operations_begun_ = 0;
  std::vector<std::string> tools_;
  std::uint64_t answer_bytes_ = 0;
  bool is_json_answer_ = false;
};

}  // namespace mcp_vitals::proxy
