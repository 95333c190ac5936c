#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mcp/error.h"

namespace mcp_vitals::mcp {

// One dispatched event of a text/event-stream. Its bytes are as sent, even where they are no UTF-8.
struct SseEvent {
  std::string_view type;  // "message" when the stream names none
  std::string_view data;
  std::string_view id;  // the last event id as of this event
};

// An incremental parser by the WHATWG rules (HTML, "Server-sent events"): CR, LF and CRLF, a BOM,
// comments, `retry`, several data lines, any split of the input. It differs in one point: an event
// with a `data` or an `id` line is dispatched even when its data is empty, where a browser keeps
// silent. MCP's priming event (2025-11-25) is such a one. Holds one unfinished event and no more.
// Not thread-safe; no I/O.
class SseParser {
 public:
  struct Limits {
    std::size_t line = std::size_t{1} << 20;   // bytes of one line
    std::size_t event = std::size_t{8} << 20;  // bytes of one event's data
    std::size_t kept = std::size_t{64} << 10;  // bytes of each buffer that stay between events
  };
  using OnEvent = std::function<void(const SseEvent&)>;

  SseParser() : SseParser(Limits{}) {}
  explicit SseParser(Limits limits) : limits_(limits) {}

  // Reads the next bytes and calls `on_event` for each event they complete. The views are valid
  // during the call only. Error::kTooLarge is final. An unfinished event at the end of the stream
  // is dropped, as the rules say.
  Result<void> Feed(std::string_view bytes, const OnEvent& on_event);

  // Bytes that it holds: of the event that is not finished, and the last id.
  std::size_t held() const {
    return line_.size() + data_.size() + type_.size() + id_.size() + last_event_id_.size();
  }
  bool is_between_events() const {
    return line_.empty() && !has_data_ && !has_id_ && type_.empty();
  }
  const std::string& last_event_id() const { return last_event_id_; }
  // What the server last asked for, at most one day; nothing if it did not.
  std::optional<std::chrono::milliseconds> retry() const { return retry_; }

 private:
  void SkipByteOrderMark(std::string_view& bytes);
  bool ReadLine(std::string_view line, const OnEvent& on_event);
  bool ReadField(std::string_view name, std::string_view value);
  bool AppendData(std::string_view value);
  void Dispatch(const OnEvent& on_event);
  void Clear(std::string& text) const;

  Limits limits_;
  bool failed_ = false;
  std::size_t mark_bytes_ = 0;  // of the byte order mark, seen so far; all of it when past it
  bool after_cr_ = false;       // a line feed that comes now belongs to the carriage return
  std::string line_;            // the beginning of a line whose end has not come

  // The event being read.
  std::string type_;
  std::string data_;
  bool has_data_ = false;
  bool has_id_ = false;
  std::string id_;  // stays for the events to come, as the rules say

  std::string last_event_id_;
  std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace mcp_vitals::mcp
