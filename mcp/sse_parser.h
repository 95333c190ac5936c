#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mcp/error.h"

namespace mcp_vitals::mcp {

// One dispatched event of a text/event-stream. `data` may be empty: a priming event (2025-11-25) is
// an `id` with empty data, and is dispatched although a browser would not.
struct SseEvent {
  std::string_view type;  // "message" when the stream names none
  std::string_view data;
  std::string_view id;    // the last event id as of this event
};

// An incremental parser by the WHATWG rules (HTML, "Server-sent events"): CR, LF and CRLF, a BOM,
// comments, `retry`, several data lines, any split of the input. Holds one unfinished event and no
// more. Not thread-safe; no I/O.
class SseParser {
 public:
  struct Limits {
    std::size_t line = std::size_t{1} << 20;   // bytes of one line
    std::size_t event = std::size_t{8} << 20;  // bytes of one event's data
  };
  SseParser() : SseParser(Limits{}) {}
  explicit SseParser(Limits limits);

  // Reads the next bytes and calls `on_event` for each event they complete. The views are valid
  // during the call only. Error::kTooLarge is final. An unfinished event at the end of the stream
  // is dropped, as the rules say.
  Result<void> Feed(std::string_view bytes, const std::function<void(const SseEvent&)>& on_event);

  const std::string& last_event_id() const { return last_event_id_; }
  // What the server last asked for; nothing if it did not.
  std::optional<std::chrono::milliseconds> retry() const { return retry_; }

 private:
  std::string last_event_id_;
  std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace mcp_vitals::mcp
