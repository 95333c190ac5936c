#include "tests/closed_loop/server.h"

#include <algorithm>
#include <limits>

namespace mcp_vitals::closed_loop {

namespace {
constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kLeast = 0.05;  // of a worker: what is left for calls at worst
}  // namespace

void Server::Start(const Call& call) {
  std::size_t slot = slots_.size();
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot] = {call, State::kRunning, ++started_};
  running_heap_.push({given_ + call.demand, slot});
  oldest_.push_back({slot, started_});
  ++running_;
  ++in_flight_;
}

void Server::End(std::size_t slot, double now, bool is_answered, std::vector<Done>& done) {
  done.push_back({slots_[slot].call, now - slots_[slot].call.at, is_answered});
  --in_flight_;
}

// The call that has had its work now waits for the rest, or has ended.
void Server::Worked(double now, std::vector<Done>& done) {
  const std::size_t slot = running_heap_.top().slot;
  running_heap_.pop();
  --running_;
  if (slots_[slot].call.wait > 0) {
    slots_[slot].state = State::kWaiting;
    waiting_heap_.push({now + slots_[slot].call.wait, slot});
    return;
  }
  End(slot, now, true, done);
  slots_[slot].state = State::kFree;
  free_.push_back(slot);
}

void Server::DropGivenUp(Heap& heap) {
  while (!heap.empty() && slots_[heap.top().slot].state == State::kGivenUp) {
    slots_[heap.top().slot].state = State::kFree;
    free_.push_back(heap.top().slot);
    heap.pop();
  }
}

// When the client of the oldest call gives up.
double Server::OldestDue() {
  while (!oldest_.empty()) {
    const Slot& slot = slots_[oldest_.front().slot];
    const bool is_there = slot.id == oldest_.front().id &&
                          (slot.state == State::kRunning || slot.state == State::kWaiting);
    if (is_there) return slot.call.at + kPatience;
    oldest_.pop_front();
  }
  return kNever;
}

void Server::Run(double from, double until, std::vector<Done>& done) {
  const double capacity = std::max(kLeast, workers_ - overhead_);
  double now = from;
  while (true) {
    DropGivenUp(running_heap_);
    DropGivenUp(waiting_heap_);
    const double busy = std::min(static_cast<double>(running_), capacity);
    const double each = running_ == 0 ? 0 : speed_ * busy / static_cast<double>(running_);
    const double arrival = arriving_.empty() ? kNever : std::max(now, arriving_.front().at);
    const double worked =
        running_ == 0 ? kNever : now + std::max(0.0, running_heap_.top().at - given_) / each;
    const double waited = waiting_heap_.empty() ? kNever : waiting_heap_.top().at;
    const double given_up = std::max(now, OldestDue());
    const double next = std::min({arrival, worked, waited, given_up, until});
    given_ += each * (next - now);
    work_ += (busy + overhead_) * (next - now);
    now = next;
    if (next >= until) return;
    if (next == worked) {
      Worked(now, done);
    } else if (next == waited) {
      const std::size_t slot = waiting_heap_.top().slot;
      waiting_heap_.pop();
      End(slot, now, true, done);
      slots_[slot].state = State::kFree;
      free_.push_back(slot);
    } else if (next == given_up) {
      const std::size_t slot = oldest_.front().slot;
      if (slots_[slot].state == State::kRunning) --running_;
      End(slot, now, false, done);
      slots_[slot].state = State::kGivenUp;
    } else {
      Start(arriving_.front());
      arriving_.pop_front();
    }
  }
}

void Server::Abort(double now, std::vector<Done>& done) {
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    const State state = slots_[slot].state;
    if (state == State::kRunning || state == State::kWaiting) End(slot, now, false, done);
  }
  for (const Call& call : arriving_) done.push_back({call, 0, false});
  slots_.clear();
  free_.clear();
  running_heap_ = {};
  waiting_heap_ = {};
  oldest_.clear();
  arriving_.clear();
  running_ = 0;
}

}  // namespace mcp_vitals::closed_loop
