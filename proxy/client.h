#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/async.h"
#include "net/stream.h"
#include "proxy/clock.h"
#include "proxy/link.h"
#include "proxy/observation.h"
#include "proxy/request_reader.h"

namespace mcp_vitals::proxy {

struct Core;
class Upstream;

// A client's connection: what it asks goes on to the server as it comes. While an answer is awaited
// nothing is read; a client that leaves ends the exchange at the server too. The answer is the
// Upstream's to send.
class Client final : public Link, private BodyListener {
 public:
  // `tls`: null for plain HTTP.
  Client(Core& core, net::Stream stream, std::string address, boost::asio::ssl::context* tls);
  ~Client() override;

  void OnTick(Time now);                                      // ends what has taken too long
  bool is_busy() const { return observation_ || upstream_; }  // an exchange is under way
  // It is one whose stream has no end of its own: not the answer to a call.
  bool has_lasting_stream() const;
  // Ends such a stream properly; false if it can't be done now.
  bool EndStream(vitals::StreamEnd end);
  // Cuts what is under way and closes.
  void EndNow(Time now);
  void Stop();  // ends all

  // ---- for the Upstream that answers ----------------------------------------------------------
  Observation& observation() { return *observation_; }
  bool is_http11() const { return is_http11_; }
  bool asked_for_head() const { return head_only_; }
  bool wants_more() const { return keep_alive_; }  // another request may follow
  const std::string& upgrade() const { return upgrade_; }
  bool request_is_whole() const { return state_ != State::kBody; }
  // Sends a part of the answer, as Link::Send.
  bool SendAnswer(std::string_view bytes);
  // The answer has gone. `keep`: another request may follow on this connection.
  void Answered(bool keep, Time now);
  void BecomeTunnel();
  // We answer in the server's stead; if its own answer has begun, that is cut.
  void Refuse(int status, std::string_view why);
  // The gate lets this request go on.
  void Admitted();
  // The answer ends before its end, and the client must see so. `shows`: it does by itself. Else
  // the connection is reset, which may take what is on its way with it.
  void Cut(bool shows);
  // The server has taken what had to wait.
  void RequestTaken();
  // The server has closed a kept connection instead of answering. True: it is asked once more, by
  // another, if that can do no harm.
  bool Repeat();

 private:
  enum class State {
    kHead,    // a request's head is awaited
    kBody,    // its body
    kAnswer,  // the request has gone on
    kTunnel,  // no HTTP any more
    kLinger,  // the last answer has gone; the client is to close first
  };

  std::shared_ptr<Client> self() { return std::static_pointer_cast<Client>(shared_from_this()); }
  void OnBytes(std::string_view bytes) override;
  void OnEnd(bool in_order) override;
  void OnSent() override;
  void OnBody(std::string_view bytes) override { observation_->RequestBytes(bytes); }

  void Use(std::string_view bytes);
  bool TakeHead(std::string_view& bytes);
  bool TakeBody(std::string_view& bytes);
  void Decide();
  void Pass(std::string_view request);
  void AnswerIsLate(Time now);
  void ServerIsSlow();
  void BeginExchange(const Head& head, Time now);
  bool Observe(const Head& head, Time now);
  bool Complain(Malformed wrong);
  void Connect(std::string request);
  static net::Task<void> Reach(std::shared_ptr<Client> self, std::string request);
  void EndExchange();
  void Forget();           // it is no connection any more, though it may still be waited for
  void CutBoth(Time now);  // at the server too
  void Linger();

  const std::string address_;
  State state_ = State::kHead;
  RequestReader reader_;
  Time deadline_;     // of what the client is to send
  std::string held_;  // read, and not used yet

  // The exchange under way.
  bool holds_ = false;    // it may be refused for what it asks, which is not known yet
  std::string request_;   // what is held of it
  std::string repeated_;  // what would be asked once more
  Time answer_by_ = Time::max();
  std::unique_ptr<Observation> observation_;
  std::shared_ptr<Upstream> upstream_;
  std::string upgrade_;
  bool may_repeat_ = false;
  bool is_http11_ = true;
  bool head_only_ = false;
  bool keep_alive_ = true;
};

}  // namespace mcp_vitals::proxy
