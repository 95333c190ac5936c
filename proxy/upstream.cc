#include "proxy/upstream.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "net/connection.h"
#include "proxy/client.h"
#include "proxy/core.h"
#include "proxy/facts.h"

namespace mcp_vitals::proxy {

namespace http = boost::beast::http;
using net::Clock;
using vitals::StreamEnd;

namespace {

// Servers close what is idle, many after 5 s: a request must not meet that.
constexpr std::chrono::milliseconds kMaxIdle = std::chrono::seconds(4);
constexpr std::chrono::milliseconds kMargin = std::chrono::seconds(1);

// Of `Keep-Alive: timeout=5`; nothing if it does not say.
std::optional<std::chrono::seconds> PromisedIdle(std::string_view keep_alive) {
  constexpr std::string_view kKey = "timeout=";
  const std::size_t at = keep_alive.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  unsigned seconds = 0;
  const char* const begin = keep_alive.data() + at + kKey.size();
  if (std::from_chars(begin, keep_alive.data() + keep_alive.size(), seconds).ec != std::errc{}) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

}  // namespace

net::Task<std::shared_ptr<Upstream>> Upstream::Connect(Core& core, Unreached& why) {
  net::Endpoint endpoint;
  endpoint.host = core.settings.upstream_host;
  endpoint.port = core.settings.upstream_port;
  net::DialTrace trace;
  auto dialled =
      co_await net::Dial(std::move(endpoint), Clock::now() + core.settings.timeouts.connect, trace);
  if (!dialled) {
    const bool late = dialled.error() == net::Error::kTimeout;
    why.status = late ? 504 : 502;
    why.text = late ? "the server took too long to accept a connection"
                    : "no connection to the server could be made";
    co_return nullptr;
  }
  auto upstream = std::make_shared<Upstream>(core, net::Stream(std::move(*dialled).Release()));
  const bool is_watched = upstream->Start();
  if (is_watched) co_return upstream;
  why = {503, "no connection to the server can be watched"};
  co_return nullptr;
}

void Upstream::OnBytes(std::string_view bytes) {
  // Nobody asked: what comes is no answer.
  if (client_ == nullptr) return OnEnd(false);
  now_ = Clock::now();
  core_.output.clear();
  if (!Take(bytes)) return Close();
  if (core_.output.empty() || client_->SendAnswer(core_.output)) AnswerTaken();
  // The answers of a whole session may have come.
  if (!core_.gate.is_empty()) core_.gate.Pump(now_);
}

void Upstream::AnswerTaken() {
  if (is_complete()) Finish();
  if (is_open()) Read();
}

// The connection has ended; that may be how the answer does.
void Upstream::OnEnd(bool in_order) {
  core_.pool.Forget(*this);
  Close();
  if (client_ == nullptr) return;
  now_ = Clock::now();
  const bool is_unanswered = !answering_ && held_.empty();
  if (is_unanswered && client_->Repeat()) return client_.reset();
  if (!in_order || tunnel_ || !parser_ || !parser_->EndsHere()) {
    return Fail("the server closed the connection before its answer");
  }
  parser_->End();
  reusable_ = false;
  const std::string_view last_chunk = framing_ == Framing::kChunked ? "0\r\n\r\n" : "";
  if (client_->SendAnswer(last_chunk)) Finish();
}

void Upstream::OnSent() {
  if (client_) client_->RequestTaken();
}

// False: the exchange has ended in failure.
bool Upstream::Take(std::string_view bytes) {
  if (tunnel_) {
    core_.output += bytes;
    return true;
  }
  std::string joined;
  std::size_t seen = held_.size();
  if (!held_.empty()) {
    joined = std::exchange(held_, {});
    joined += bytes;
    bytes = joined;
  }
  while (!bytes.empty()) {
    const std::size_t before = bytes.size();
    if (!(answering_ ? TakeBody(bytes) : TakeHead(bytes, seen))) return false;
    seen = 0;
    if (tunnel_) {
      core_.output += bytes;
      return true;
    }
    if (bytes.size() == before) break;
  }
  // More than was asked for: nobody knows what it is.
  if (!bytes.empty() && parser_ && parser_->complete()) reusable_ = false;
  held_ = bytes;
  return true;
}

bool Upstream::TakeHead(std::string_view& bytes, std::size_t seen) {
  Malformed wrong;
  const std::size_t size = HeadEnd(bytes, seen, false, core_.settings.message, wrong);
  if (wrong != Malformed::kNot) {
    Fail("the server's answer is not HTTP/1.1");
    return false;
  }
  if (size == 0) return true;
  parser_.emplace(core_.settings.message, client_->asked_for_head());
  if (parser_->ReadHead(bytes.substr(0, size), core_.head) != Malformed::kNot) {
    Fail("the server's answer is not HTTP/1.1");
    return false;
  }
  const Head& head = core_.head;
  if (head.status == 101) {
    if (client_->upgrade().empty()) {
      Fail("the server changed the protocol without being asked");
      return false;
    }
    BecomeTunnel(head);
  } else if (head.status < 200) {
    if (client_->is_http11()) WriteAnswerHead(head, Framing::kNone, "", "", core_.output);
    parser_.reset();
  } else {
    BeginAnswer(head);
  }
  bytes.remove_prefix(size);
  return true;
}

void Upstream::BecomeTunnel(const Head& head) {
  tunnel_ = true;
  ++core_.vitals.upgrades;
  Observe(head);
  client_->observation().AnswerEnd(now_);
  WriteAnswerHead(head, Framing::kNone, "Upgrade", UpgradeOf(head), core_.output);
  client_->BecomeTunnel();
}

void Upstream::BeginAnswer(const Head& head) {
  answering_ = true;
  Observe(head);
  const Framing from = parser_->framing();
  framing_ = from;
  if (from == Framing::kChunked || from == Framing::kUntilClose) {
    framing_ = client_->is_http11() ? Framing::kChunked : Framing::kUntilClose;
  }
  // A 204 that announces a body may be followed by one, which is not to be read as an answer.
  const std::string_view length = head.Find(http::field::content_length);
  const bool announces_body =
      !head.Find(http::field::transfer_encoding).empty() || (!length.empty() && length != "0");
  reusable_ = parser_->keep_alive() && from != Framing::kUntilClose &&
              (head.status != 204 || !announces_body);
  keep_client_ = client_->wants_more() && framing_ != Framing::kUntilClose &&
                 client_->request_is_whole() && !core_.draining && !core_.stopping;
  const auto promised = PromisedIdle(head.Find(http::field::keep_alive));
  keep_alive_ =
      promised ? std::min<std::chrono::milliseconds>(*promised - kMargin, kMaxIdle) : kMaxIdle;
  std::string_view connection;
  if (!keep_client_) connection = "close";
  if (keep_client_ && !client_->is_http11()) connection = "keep-alive";
  WriteAnswerHead(head, framing_, connection, "", core_.output);
}

void Upstream::Observe(const Head& head) {
  client_->observation().Answer(AnswerFactsOf(head), now_);
}

bool Upstream::TakeBody(std::string_view& bytes) {
  if (parser_->complete()) return true;
  std::size_t used = 0;
  const Malformed wrong = parser_->ReadBody(bytes, framing_, *this, core_.output, used);
  bytes.remove_prefix(used);
  if (wrong == Malformed::kNot) return true;
  static_cast<void>(client_->SendAnswer(core_.output));  // what was good
  Fail("");
  return false;
}

void Upstream::OnBody(std::string_view bytes) { client_->observation().AnswerBytes(bytes, now_); }

// The answer will not come, or not to its end.
void Upstream::Fail(std::string_view why) {
  const auto client = std::exchange(client_, nullptr);
  if (client == nullptr) return;
  if (tunnel_) {
    client->Answered(false, now_);
  } else if (answering_) {
    client->observation().Broken(StreamEnd::kCut, now_);
    client->Cut(cut_shows());
  } else {
    client->Refuse(502, why);
  }
}

// The answer has gone, whole.
void Upstream::Finish() {
  const auto client = std::exchange(client_, nullptr);
  client->observation().AnswerEnd(now_);
  const bool keep = keep_client_ && client->request_is_whole();
  parser_.reset();
  answering_ = false;
  if (reusable_ && client->request_is_whole() && !core_.stopping) {
    usable_until_ = now_ + keep_alive_;
    core_.pool.Give(std::static_pointer_cast<Upstream>(shared_from_this()));
  } else {
    Close();
  }
  client->Answered(keep, now_);
}

bool Upstream::EndStream(StreamEnd end) {
  if (client_ == nullptr || !answering_ || client_->is_sending()) return false;
  if (!client_->observation().may_end_stream()) return false;
  const auto client = std::exchange(client_, nullptr);
  const Time now = Clock::now();
  client->observation().Broken(end, now);
  const bool chunked = framing_ == Framing::kChunked;
  Close();
  if (chunked) static_cast<void>(client->Send("0\r\n\r\n"));
  client->Answered(false, now);
  return true;
}

void Upstream::Abandon() {
  client_.reset();
  Close();
}

}  // namespace mcp_vitals::proxy
