#pragma once

#include "proxy/observation.h"

namespace mcp_vitals::proxy {

// An exchange that is no MCP: counted when it is answered, and that is all.
class ForeignObservation final : public Observation {
 public:
  explicit ForeignObservation(Observer& observer) : observer_(observer) {}

  void RequestBytes(std::string_view) override {}
  void RequestEnd() override {}
  void Answer(const AnswerFacts&, Time) override { ++observer_.vitals().foreign_requests; }
  void AnswerBytes(std::string_view, Time) override {}
  void AnswerEnd(Time) override {}
  void Broken(vitals::StreamEnd, Time) override {}
  void GiveUp(Time) override {}
  void Refused(int, Time) override { ++observer_.vitals().foreign_requests; }

  bool is_stream() const override { return false; }
  bool is_lasting() const override { return false; }
  bool may_end_stream() const override { return false; }
  Time last_heard() const override { return {}; }
  bool is_answered() const override { return true; }
  bool opens_session_or_stream() const override { return false; }
  bool needs_body() const override { return false; }
  std::size_t operations_begun() const override { return 0; }
  const std::vector<std::string>& tools() const override { return no_tools_; }

 private:
  Observer& observer_;
  const std::vector<std::string> no_tools_;
};

}  // namespace mcp_vitals::proxy
