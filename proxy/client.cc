#include "proxy/client.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "mcp/integer.h"
#include "proxy/core.h"
#include "proxy/facts.h"
#include "proxy/upstream.h"

namespace mcp_vitals::proxy {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using net::Clock;

namespace {
// What a server may be asked twice, if it has left the first time unanswered (RFC 9110, 9.2.1).
bool IsSafe(const Head& head) {
  return head.method == "GET" || head.method == "HEAD" || head.method == "OPTIONS";
}
}  // namespace

Client::Client(Core& core, net::Stream stream, std::string address, asio::ssl::context* tls)
    : Link(core, std::move(stream)),
      address_(std::move(address)),
      reader_(core.settings.message),
      deadline_(Clock::now() + core.settings.timeouts.head) {
  if (tls != nullptr) stream_.StartTls(*tls);
  core_.clients.insert(this);
  core_.vitals.connections = core_.clients.size();
  ++core_.vitals.connections_accepted;
}

Client::~Client() { Forget(); }

void Client::OnBytes(std::string_view bytes) { state_ == State::kLinger ? Read() : Use(bytes); }

void Client::OnSent() {
  if (const auto upstream = upstream_) upstream->AnswerTaken();  // which may end the exchange
}

// Reads on when what was read has gone.
void Client::Use(std::string_view bytes) {
  std::string joined;
  if (!held_.empty()) {
    joined = std::exchange(held_, {});
    joined += bytes;
    bytes = joined;
  }
  core_.output.clear();
  if (state_ == State::kTunnel) {
    core_.output = bytes;
  } else {
    const bool good =
        (state_ != State::kHead || TakeHead(bytes)) && (state_ != State::kBody || TakeBody(bytes));
    if (good) held_ = bytes;
  }
  if (core_.output.empty() || state_ == State::kLinger) return Read();
  if (!holds_) return Pass(core_.output);
  request_ += core_.output;
  state_ == State::kBody && observation_->needs_body() ? Read() : Decide();
}

// What is held is known well enough to be refused for what it asks, or to go on.
void Client::Decide() {
  const Time now = Clock::now();
  holds_ = false;
  if (core_.draining && observation_->opens_session_or_stream()) {
    return Refuse(503, "this server is about to end: connect again, to another");
  }
  const auto& limits = core_.settings.admission.tools;
  for (const std::string& name : observation_->tools()) {
    const auto tool = limits.find(name);
    if (tool == limits.end() || !tool->second.timeout) continue;
    answer_by_ = std::min(answer_by_, now + *tool->second.timeout);
  }
  if (!core_.gate.has_limits() || observation_->operations_begun() == 0) return Admitted();
  deadline_ = Time::max();
  Watch();
  core_.gate.Enter(self(), request_.size(), now);
}

void Client::Admitted() { Pass(std::exchange(request_, {})); }

// Sends a part of the request on, and goes on when it has gone.
void Client::Pass(std::string_view request) {
  if (upstream_ == nullptr) {
    upstream_ = core_.pool.Take();
    if (upstream_ == nullptr) return Connect(std::string(request));
    upstream_->Serve(self());
    if (may_repeat_) repeated_ = request;
  }
  if (upstream_->Send(request)) return RequestTaken();
  deadline_ = Time::max();  // it is the server who takes its time
  Watch();
}

void Client::RequestTaken() {
  if (state_ == State::kAnswer) return Watch();
  if (state_ != State::kBody) return Read();
  deadline_ = Clock::now() + core_.settings.timeouts.body;
  held_.empty() ? Read() : Use({});  // what came while the server was reached
}

// False: the request was refused.
bool Client::TakeHead(std::string_view& bytes) {
  const bool had_begun = reader_.has_begun();
  const Malformed wrong = reader_.TakeHead(bytes, core_.head);
  if (wrong != Malformed::kNot) return Complain(wrong);
  if (!reader_.has_begun()) return true;
  const Time now = Clock::now();
  if (reader_.has_head()) {
    BeginExchange(core_.head, now);
  } else if (!had_begun) {
    deadline_ = now + core_.settings.timeouts.head;
  }
  return true;
}

void Client::BeginExchange(const Head& head, Time now) {
  is_http11_ = head.is_http11;
  head_only_ = head.method == "HEAD";
  keep_alive_ = reader_.keep_alive();
  upgrade_ = UpgradeOf(head);
  state_ = State::kBody;
  deadline_ = now + core_.settings.timeouts.body;
  may_repeat_ = reader_.framing() == Framing::kNone && upgrade_.empty() && IsSafe(head);
  const bool is_own = Observe(head, now);
  WriteRequestHead(head, core_.settings.rewrite, {address_, stream_.has_tls() ? "https" : "http"},
                   reader_.framing(), upgrade_, core_.output);
  if (is_own) return;
  if (core_.vitals.drain == vitals::DrainState::kDrained) {
    return Refuse(503, "this server has ended: connect again, to another");
  }
  const bool is_mcp = observation_->needs_body() || observation_->operations_begun() > 0 ||
                      observation_->opens_session_or_stream();
  holds_ = is_mcp && (core_.gate.has_limits() || core_.draining);
  const bool is_expected = EqualNames(head.Find(http::field::expect), "100-continue");
  if (holds_ && is_expected && observation_->needs_body()) {
    static_cast<void>(Send("HTTP/1.1 100 Continue\r\n\r\n"));  // the server would say so too late
  }
}

// True for a probe of our own: it is known by its token, behind which stands the tag of its target,
// and seen by another observer.
bool Client::Observe(const Head& head, Time now) {
  const std::string& token = core_.settings.probe_token;
  std::string_view probe = head.Find(kProbeTokenHeader);
  RequestFacts facts = RequestFactsOf(head);
  const bool is_own = !token.empty() && probe.starts_with(token) &&
                      (probe.size() == token.size() || probe[token.size()] == ' ');
  if (is_own) {
    ++core_.vitals.own_requests;
    probe.remove_prefix(std::min(token.size() + 1, probe.size()));
    facts.probe = mcp::ParseInteger<std::uint64_t>(probe).value_or(0);
  }
  observation_ = (is_own ? core_.own_observer : core_.observer).Begin(facts, now);
  return is_own;
}

// False: the request was refused.
bool Client::TakeBody(std::string_view& bytes) {
  const Malformed wrong = reader_.TakeBody(bytes, *this, core_.output);
  if (wrong != Malformed::kNot) return Complain(wrong);
  if (!reader_.is_whole()) {
    deadline_ = Clock::now() + core_.settings.timeouts.body;
    return true;
  }
  observation_->RequestEnd();
  reader_.Reset();
  deadline_ = Time::max();
  state_ = State::kAnswer;
  return true;
}

void Client::Connect(std::string request) {
  deadline_ = Time::max();
  asio::co_spawn(core_.executor, Reach(self(), std::move(request)), asio::detached);
  Watch();
}

// Connects to the server for the request under way.
net::Task<void> Client::Reach(std::shared_ptr<Client> self, std::string request) {
  Unreached why;
  auto upstream = co_await Upstream::Connect(self->core_, why);
  if (!self->is_open() || !self->observation_) {
    if (upstream) upstream->Close();
    co_return;
  }
  if (!upstream) {
    self->Refuse(why.status, why.text);
    co_return;
  }
  self->upstream_ = std::move(upstream);
  self->upstream_->Serve(self);
  self->upstream_->Read();
  if (self->upstream_->Send(request)) self->RequestTaken();
}

bool Client::Repeat() {
  if (repeated_.empty()) return false;
  upstream_.reset();
  Connect(std::exchange(repeated_, {}));
  return true;
}

void Client::BecomeTunnel() {
  state_ = State::kTunnel;
  observation_.reset();  // the exchange has been answered
  deadline_ = answer_by_ = Time::max();
  if (held_.empty()) return Read();
  asio::post(core_.executor, [self = self()] {
    if (self->upstream_ && self->state_ == State::kTunnel && !self->held_.empty()) self->Use({});
  });
}

bool Client::SendAnswer(std::string_view bytes) {
  if (!repeated_.empty()) repeated_ = std::string();
  return Send(bytes);
}

}  // namespace mcp_vitals::proxy
