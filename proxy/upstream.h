#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/async.h"
#include "proxy/clock.h"
#include "proxy/link.h"
#include "proxy/message_parser.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

class Client;

// Why there is no connection to the server, as a client is told.
struct Unreached {
  int status = 0;
  std::string_view text;
};

// A connection to the server: its answers go on to the client that asked, as they come. Between two
// exchanges it waits in the pool, and reads there too, to see the server close it.
class Upstream final : public Link, private BodyListener {
 public:
  using Link::Link;

  // A new connection; null: `why` tells.
  static net::Task<std::shared_ptr<Upstream>> Connect(Core& core, Unreached& why);

  // Begins an exchange: what is read from here on is the answer to this client.
  void Serve(std::shared_ptr<Client> client) { client_ = std::move(client); }
  // The exchange is over before its end: nobody wants the rest.
  void Abandon();
  // The client has taken what had to wait.
  void AnswerTaken();
  // Ends the stream that it brings, properly, in the server's stead; false in the middle of an
  // event or of a session that is still to bring answers.
  bool EndStream(vitals::StreamEnd end);
  bool is_answering() const { return answering_; }  // the head has gone
  // That an answer ends too early shows by its framing.
  bool cut_shows() const { return framing_ != Framing::kUntilClose; }
  Time usable_until() const { return usable_until_; }  // while idle

 private:
  void OnBytes(std::string_view bytes) override;
  void OnEnd(bool in_order) override;
  void OnSent() override;
  void OnBody(std::string_view bytes) override;

  bool Take(std::string_view bytes);
  bool TakeHead(std::string_view& bytes, std::size_t seen);
  bool TakeBody(std::string_view& bytes);
  void BeginAnswer(const Head& head);
  void Observe(const Head& head);
  void BecomeTunnel(const Head& head);
  bool is_complete() const { return parser_ && parser_->complete() && !tunnel_; }
  void Fail(std::string_view why);
  void Finish();

  Time usable_until_ = Time::max();
  std::string held_;  // read, and not whole enough to be understood

  // The exchange under way.
  std::shared_ptr<Client> client_;  // null: none
  std::optional<MessageParser<false>> parser_;
  Framing framing_ = Framing::kNone;  // towards the client
  bool answering_ = false;            // the head has gone
  bool keep_client_ = false;
  bool reusable_ = false;
  bool tunnel_ = false;
  Time now_;                                 // of the read under way
  std::chrono::milliseconds keep_alive_{0};  // how long it may be idle
};

}  // namespace mcp_vitals::proxy
