#include "proxy/call_ages.h"

#include <algorithm>

namespace mcp_vitals::proxy {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// A slot of one ring holds whole slots of the ring before it.
CallAges::CallAges()
    : rings_{Ring(milliseconds(100), 600), Ring(seconds(6), 600), Ring(minutes(10), 144)} {}

void CallAges::Begin(Time began) {
  ++SlotOf(began);
  ++in_flight_;
}

void CallAges::End(Time began) {
  --SlotOf(began);
  --in_flight_;
}

// In the first ring that reaches back to it.
std::uint32_t& CallAges::SlotOf(Time began, std::size_t ring) {
  if (ring == rings_.size()) return earlier_;
  Ring& here = rings_[ring];
  const std::int64_t number = here.NumberOf(began);
  if (number > here.newest) Advance(ring, number);
  return number < here.oldest() ? SlotOf(began, ring + 1) : here.Slot(number);
}

// What the ring has no place for any more goes to the next one. A step for each slot that leaves:
// one for each 0.1 s that has gone, however many calls there were.
void CallAges::Advance(std::size_t ring, std::int64_t newest) {
  Ring& here = rings_[ring];
  const std::int64_t end = std::min(newest - here.size, here.newest) + 1;
  for (std::int64_t number = here.oldest(); number < end; ++number) {
    std::uint32_t& leaving = here.Slot(number);
    if (leaving > 0) SlotOf(here.StartOf(number), ring + 1) += leaving;
    leaving = 0;
  }
  here.newest = newest;
}

vitals::FineHistogram CallAges::At(Time now) const {
  vitals::FineHistogram ages;
  if (in_flight_ == 0) return ages;
  for (const Ring& ring : rings_) {
    for (std::int64_t number = ring.oldest(); number <= ring.newest; ++number) {
      if (const std::uint32_t count = ring.Slot(number)) {
        ages.Observe(SecondsBetween(ring.StartOf(number), now), count);
      }
    }
  }
  // That is more than a day: above every bound, whatever it is.
  if (earlier_ > 0) {
    ages.Observe(SecondsBetween(rings_.back().StartOf(rings_.back().oldest()), now), earlier_);
  }
  return ages;
}

}  // namespace mcp_vitals::proxy
