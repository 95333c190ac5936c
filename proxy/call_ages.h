#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "proxy/clock.h"
#include "vitals/fine_histogram.h"

namespace mcp_vitals::proxy {

// How long the calls of one tool that are in flight have taken until now. They are counted in slots
// of time by when they began, so that a call costs two increments and nobody looks at each: slots
// of 0.1 s for a minute, of 6 s for an hour before that, of 10 min for a day, and one for all that
// began earlier. Takes 5 KiB. One thread.
class CallAges {
 public:
  CallAges();

  void Begin(Time began);  // which may be in the past
  void End(Time began);    // of one that began so
  std::size_t in_flight() const { return in_flight_; }
  // The ages at `now`, which is not before any beginning. An age is rounded up to its slot's, so
  // that it is never too small, and too large by at most the slot's width.
  vitals::FineHistogram At(Time now) const;

 private:
  using Width = std::chrono::milliseconds;
  // The slots up to the newest that was needed. A slot's number is how many of its width the clock
  // had gone when it began.
  struct Ring {
    Ring(Width w, std::int64_t s)
        : width(w), size(s), newest(s - 1), slots(static_cast<std::size_t>(s)) {}
    std::int64_t NumberOf(Time time) const { return time.time_since_epoch() / width; }
    Time StartOf(std::int64_t number) const { return Time(number * width); }
    std::int64_t oldest() const { return newest - size + 1; }
    // Of a number between the oldest and the newest.
    const std::uint32_t& Slot(std::int64_t number) const {
      return slots[static_cast<std::size_t>(number % size)];
    }
    std::uint32_t& Slot(std::int64_t number) {
      return slots[static_cast<std::size_t>(number % size)];
    }

    Width width;
    std::int64_t size;
    std::int64_t newest;
    std::vector<std::uint32_t> slots;
  };
  std::uint32_t& SlotOf(Time began, std::size_t ring = 0);
  void Advance(std::size_t ring, std::int64_t newest);

  std::array<Ring, 3> rings_;
  std::uint32_t earlier_ = 0;
  std::size_t in_flight_ = 0;
};

}  // namespace mcp_vitals::proxy
