#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace mcp_vitals::app {

// One message as an event of a stream, or a comment, which keeps the stream from falling silent.
std::string SseEvent(std::string_view json);
std::string SseComment(std::string_view text);

// What a stream sends next: events as they go on the wire.
struct SampleStep {
  std::chrono::milliseconds wait{0};  // before it
  std::string event;                  // "" sends nothing
  bool is_last = false;               // the stream ends with it
};

// A stream of the sample server, without the I/O: who sends asks for one step after the other.
struct SampleStream {
  std::string session;  // "" in the modern era
  std::string id_json;  // of the request that it answers; "" for a GET
  std::function<SampleStep()> next;
  std::string farewell;        // the event to end with when it is ended from outside; "" for none
  std::function<void()> wake;  // set by who sends: told of `has_ended`
  bool has_ended = false;      // from outside: no step follows
};

// The streams that are open: as many as may be, and to be ended by those who may. One thread but
// for `live`; outlives its streams.
class SampleStreams {
 public:
  explicit SampleStreams(std::size_t limit) : limit_(limit) {}
  // Open until the last copy has gone; null when there are too many.
  std::shared_ptr<SampleStream> Open(SampleStream stream);
  void EndSession(std::string_view session);
  // The stream that answers this request of the session, if there is one.
  void Cancel(std::string_view session, std::string_view id_json);
  void EndAll();
  std::size_t live() const { return live_; }  // any thread

 private:
  static void End(SampleStream& stream);
  const std::size_t limit_;
  std::set<SampleStream*> open_;
  std::atomic<std::size_t> live_{0};
};

}  // namespace mcp_vitals::app
