#include "proxy/client.h"
#include "proxy/core.h"
#include "proxy/replies.h"
#include "proxy/upstream.h"

// How a client's exchanges and its connection end.
namespace mcp_vitals::proxy {

using net::Clock;
using vitals::Limit;
using vitals::StreamEnd;

namespace {
constexpr auto kLinger = std::chrono::seconds(1);
}  // namespace

void Client::Forget() {
  core_.clients.erase(this);
  core_.vitals.connections = core_.clients.size();
}

// The client has gone: what it asked for is of no use any more. A tunnel has two ends.
void Client::OnEnd(bool in_order) {
  if (state_ == State::kTunnel && in_order && upstream_) return upstream_->EndSending();
  if (observation_) observation_->Broken(StreamEnd::kClient, Clock::now());
  if (upstream_) upstream_->Abandon();
  core_.gate.Leave(*this);
  EndExchange();
  Close();
  Forget();
}

// Whoever reads nothing is told nothing by Close alone.
void Client::Stop() {
  if (observation_) observation_->Broken(StreamEnd::kCut, Clock::now());
  observation_.reset();
  OnEnd(false);
}

bool Client::Complain(Malformed wrong) {
  ++(wrong == Malformed::kHttp2 ? core_.vitals.http2_refused : core_.vitals.malformed_requests);
  Refuse(StatusOf(wrong), Why(wrong));
  return false;
}

void Client::Refuse(int status, std::string_view why) {
  const bool is_too_late = state_ == State::kTunnel || (upstream_ && upstream_->is_answering());
  if (is_too_late) return CutBoth(Clock::now());
  if (observation_) observation_->Refused(status, Clock::now());
  if (upstream_) upstream_->Abandon();
  const bool to_head = observation_ && head_only_;
  static_cast<void>(Send(Reply(status, why, to_head)));  // what must wait is waited for by Linger
  EndExchange();
  Linger();
}

void Client::CutBoth(Time now) {
  if (observation_) observation_->Broken(StreamEnd::kCut, now);
  const bool shows = upstream_ && upstream_->cut_shows() && !is_sending();
  if (upstream_) upstream_->Abandon();
  Cut(shows);
}

void Client::Answered(bool keep, Time now) {
  EndExchange();
  if (!keep) return Linger();
  state_ = State::kHead;
  deadline_ = now + core_.settings.timeouts.idle;
  held_.empty() ? Read() : Use({});
}

void Client::EndExchange() {
  observation_.reset();
  upstream_.reset();
  reader_.Reset();
  request_ = repeated_ = std::string();
  holds_ = false;
  answer_by_ = Time::max();
  if (!core_.gate.is_empty()) core_.gate.Pump(Clock::now());
}

// Lets the answer arrive before the connection is closed on what the client may still send.
void Client::Linger() {
  state_ = State::kLinger;
  deadline_ = Clock::now() + kLinger;
  EndSending();
  Read();
}

void Client::Cut(bool shows) {
  EndExchange();
  if (shows) return Linger();
  state_ = State::kLinger;
  stream_.ResetOnClose();
  Close();
}

void Client::OnTick(Time now) {
  const auto& stream_idle = core_.settings.timeouts.stream_idle;
  const bool is_silent =
      stream_idle && has_lasting_stream() && now - observation_->last_heard() >= *stream_idle;
  if (is_silent && EndStream(StreamEnd::kIdle)) core_.vitals.Hit(Limit::kStreamIdle);
  if (now >= answer_by_) AnswerIsLate(now);
  if (IsStuck(now)) {
    core_.vitals.Hit(Limit::kSlowReader);
    return CutBoth(now);
  }
  if (upstream_ && upstream_->IsStuck(now)) return ServerIsSlow();
  if (now < deadline_) return;
  const bool request_is_late =
      state_ == State::kBody || (state_ == State::kHead && reader_.has_begun());
  if (request_is_late) {
    core_.vitals.Hit(Limit::kSlowRequest);
    Refuse(408, "the request took too long to arrive");
  } else {
    Close();
  }
}

void Client::ServerIsSlow() {
  core_.vitals.Hit(Limit::kSlowServer);
  Refuse(504, "the server does not take the request");
}

// The tool has taken longer than it may: nobody waits for it any more.
void Client::AnswerIsLate(Time now) {
  answer_by_ = Time::max();
  if (observation_->is_answered()) return;
  core_.vitals.Hit(Limit::kToolTimeout);
  core_.gate.Leave(*this);
  if (upstream_ && upstream_->is_answering()) observation_->GiveUp(now);
  Refuse(504, "the tool took longer than it may");
}

bool Client::has_lasting_stream() const {
  return observation_ && observation_->is_stream() &&
         (observation_->is_lasting() || observation_->is_answered());
}

bool Client::EndStream(StreamEnd end) {
  return has_lasting_stream() && upstream_ && upstream_->EndStream(end);
}

void Client::EndNow(Time now) {
  core_.gate.Leave(*this);
  is_busy() ? CutBoth(now) : Linger();
}

}  // namespace mcp_vitals::proxy
