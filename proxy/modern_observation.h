#pragma once

#include "proxy/mcp_observation.h"

namespace mcp_vitals::proxy {

// An exchange of 2026-07-28: one message, named in the head, and answered here or not at all. This
// revision has no sessions, whatever the head may name.
class ModernObservation final : public McpObservation {
 public:
  ModernObservation(Observer& observer, const RequestFacts& facts, ExchangeNumber number,
                    Time began);

  void RequestEnd() override;
  bool opens_session_or_stream() const override;
  bool needs_body() const override { return false; }

 private:
  void OnHead(const AnswerFacts&, Time) override {}
  WatchedStream::Facts StreamFacts() const override;
  void OnMessage(const mcp::Envelope& message, Time now) override;
};

}  // namespace mcp_vitals::proxy
