#include "proxy/watched_stream.h"

namespace mcp_vitals::proxy {

using vitals::StreamEnd;
using vitals::StreamKind;

namespace {
constexpr std::size_t kKept = 256;  // so that an idle stream costs next to nothing
}  // namespace

WatchedStream::WatchedStream(Observer& observer, const Facts& facts, Time now)
    : observer_(observer),
      kind_(facts.kind),
      resumed_(facts.resumed),
      asked_(facts.asked),
      opened_(now),
      last_heard_(now),
      readable_(facts.readable),
      parser_({observer.bodies().per_body, observer.bodies().per_body, kKept}) {
  ++observer_.vitals().of(kind_).live;
  if (facts.certain) CountOpened();
  observer_.streams().insert(this);
}

WatchedStream::~WatchedStream() {
  if (!ended_) End(StreamEnd::kCut, last_heard_);
}

void WatchedStream::CountOpened() {
  counted_ = true;
  auto& counts = observer_.vitals().of(kind_);
  ++counts.opened;
  if (resumed_) ++counts.resumed;
}

// 2024-11-05's stream begins by naming its endpoint; no other does.
void WatchedStream::FirstEvent(const mcp::SseEvent& event, Time now) {
  had_event_ = true;
  if (!counted_) {
    --observer_.vitals().of(kind_).live;
    kind_ = event.type == "endpoint" ? StreamKind::kSse : StreamKind::kGet;
    ++observer_.vitals().of(kind_).live;
    CountOpened();
  }
  observer_.vitals().of(kind_).first_event.Observe(SecondsBetween(asked_, now));
}

void WatchedStream::Bytes(std::string_view bytes, Time now,
                          const std::function<void(const mcp::SseEvent&)>& on_event) {
  last_heard_ = now;
  if (!readable_) return;
  const auto read = parser_.Feed(bytes, [&](const mcp::SseEvent& event) {
    if (!had_event_) FirstEvent(event, now);
    on_event(event);
  });
  const bool affordable = parser_.held() <= charged_ + observer_.bodies().left;
  if (read && affordable) {
    Charge(parser_.held());
    return;
  }
  readable_ = false;
  parser_ = mcp::SseParser();
  Charge(0);
  ++observer_.vitals().uninspected_bodies;
}

void WatchedStream::Charge(std::size_t held) {
  observer_.bodies().left += charged_;
  observer_.bodies().left -= held;
  charged_ = held;
}

void WatchedStream::End(StreamEnd end, Time now) {
  ended_ = true;
  if (end == StreamEnd::kClient || end == StreamEnd::kCut) {
    observer_.idle_cuts().Add(SecondsBetween(last_heard_, now), now);
  }
  if (!counted_) CountOpened();
  Charge(0);
  observer_.streams().erase(this);
  auto& counts = observer_.vitals().of(kind_);
  --counts.live;
  ++counts.closed[static_cast<std::size_t>(end)];
  counts.duration.Observe(SecondsBetween(opened_, now));
}

}  // namespace mcp_vitals::proxy
