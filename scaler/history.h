#pragma once

#include <cstddef>
#include <deque>

#include "scaler/decision.h"
#include "scaler/time.h"

namespace mcp_vitals::scaler {

// What a trigger decided of late. It knows no clock. One thread.
class History {
 public:
  struct Entry {
    Time at;  // it held from then until the next entry, or until now
    unsigned pods = 0, seen = 0;
    double value = 0;  // nothing was said while rule is kBlind
    Rule rule = Rule::kBlind;
  };
  static constexpr std::size_t kMost = 120;
  static constexpr auto kEach = std::chrono::seconds(60);  // an entry at least so often
  // Changes that follow one another faster are one entry, which holds the last of them: a trigger
  // that wavers does not push out what was before. Blindness is never passed over so.
  static constexpr auto kStep = std::chrono::seconds(10);

  // `now` never goes back.
  void Add(Time now, const Decision& decision);
  const std::deque<Entry>& entries() const { return entries_; }  // the newest last

 private:
  std::deque<Entry> entries_;
};

}  // namespace mcp_vitals::scaler
