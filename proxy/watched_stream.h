#pragma once

#include <functional>
#include <string_view>

#include "mcp/sse_parser.h"
#include "proxy/clock.h"
#include "proxy/observer.h"
#include "vitals/server_vitals.h"

namespace mcp_vitals::proxy {

// An answer that is an event stream, for as long as it lives: counted as live from its head to its
// end, and read event by event.
class WatchedStream {
 public:
  struct Facts {
    vitals::StreamKind kind = vitals::StreamKind::kPost;
    bool certain = true;   // nothing that follows may change the kind
    bool resumed = false;  // with Last-Event-ID
    bool readable = true;  // not compressed
    Time asked;            // when its request came
  };
  WatchedStream(Observer& observer, const Facts& facts, Time now);
  ~WatchedStream();  // if nobody has ended it, it was cut
  WatchedStream(const WatchedStream&) = delete;
  WatchedStream& operator=(const WatchedStream&) = delete;

  void Bytes(std::string_view bytes, Time now,
             const std::function<void(const mcp::SseEvent&)>& on_event);
  void End(vitals::StreamEnd end, Time now);

  vitals::StreamKind kind() const { return kind_; }
  bool readable() const { return readable_; }
  Time last_heard() const { return last_heard_; }
  // False in the middle of an event, as far as it can be read.
  bool is_between_events() const { return parser_.is_between_events(); }
  // The server has numbered its events, so that a client may come back for what it missed.
  bool resumable() const { return !parser_.last_event_id().empty(); }

 private:
  void FirstEvent(const mcp::SseEvent& event, Time now);
  void CountOpened();
  void Charge(std::size_t held);

  Observer& observer_;
  vitals::StreamKind kind_;
  bool counted_ = false;  // as opened: once the kind is certain
  const bool resumed_;
  const Time asked_;
  const Time opened_;
  Time last_heard_;
  bool had_event_ = false;
  bool readable_;  // no more after a line or event over the parser's bounds
  bool ended_ = false;
  std::size_t charged_ = 0;  // to the budget of bodies
  mcp::SseParser parser_;
};

}  // namespace mcp_vitals::proxy
