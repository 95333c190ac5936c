#pragma once

#include <memory>
#include <string>

#include "proxy/mcp_observation.h"
#include "proxy/sessions.h"

namespace mcp_vitals::proxy {

// An exchange of 2024-11-05 to 2025-11-25: messages in bodies, mostly within a session, which may
// bring an answer on another exchange than the one that asked.
class LegacyObservation final : public McpObservation {
 public:
  enum class Asks {
    kMessage,     // a POST
    kStream,      // a GET that asks for events
    kAnything,    // a GET that does not, but may get them: if not, it is foreign
    kSessionEnd,  // a DELETE
  };
  LegacyObservation(Observer& observer, const RequestFacts& facts, ExchangeNumber number,
                    Time began, Asks asks);

  void RequestEnd() override;
  bool may_end_stream() const override;
  bool opens_session_or_stream() const override;
  bool needs_body() const override { return reads_request_ && !body_.gave_up(); }

 private:
  bool is_surely_mcp() const override { return asks_ != Asks::kAnything; }
  void OnHead(const AnswerFacts& facts, Time now) override;
  WatchedStream::Facts StreamFacts() const override;
  void OnStreamOpened() override;
  void OnEndpoint(std::string_view uri, Time now) override;
  void OnMessage(const mcp::Envelope& message, Time now) override;
  void OnStreamUnreadable() override;
  void OnEnding(bool whole, Time now) override;
  void OnStreamEnded(vitals::StreamEnd end, Time now) override;
  std::uint64_t session_digest() const override { return session_ ? session_->digest : 0; }

  void FindSession(const RequestFacts& facts);
  void OnAsked(const mcp::Envelope& message);
  void AnsweredWithoutId(const mcp::Envelope& message, Time now);
  bool OpensSession(const AnswerFacts& facts) const;
  void EnterSession(std::shared_ptr<Session> session);
  bool SessionLives() const { return session_ && !session_->ended; }
  bool IsResumable() const;
  // From here on this exchange's operations are among those.
  void MoveOperations(Operations& to);
  // They wait for whatever exchange of the session brings their answers.
  void LeaveToSession(Time given_up);
  void LimitTime(Operation& operation) const;
  void ResumeOperations();

  Asks asks_;
  const bool resumes_;        // asks for what it missed
  const bool names_version_;  // as no first request of 2024-11-05 does
  std::string target_;        // of a GET
  std::size_t messages_ = 0;
  std::shared_ptr<Session> session_;
  std::string session_key_;  // of the id that the request named, known or not
};

}  // namespace mcp_vitals::proxy
