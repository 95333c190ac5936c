#pragma once

#include <deque>
#include <utility>

#include "scaler/time.h"

namespace mcp_vitals::scaler {

// The largest of the numbers of the latest `span`.
class SlidingMax {
 public:
  explicit SlidingMax(Clock::duration span) : span_(span) {}
  void Add(Time now, double number) {
    while (!numbers_.empty() && numbers_.back().second <= number) numbers_.pop_back();
    numbers_.emplace_back(now, number);
    while (now - numbers_.front().first > span_) numbers_.pop_front();
  }
  double max() const { return numbers_.empty() ? 0 : numbers_.front().second; }

 private:
  Clock::duration span_;
  std::deque<std::pair<Time, double>> numbers_;  // descending: what a later one exceeds is gone
};

// The mean of the numbers of the latest `span`.
class SlidingMean {
 public:
  explicit SlidingMean(Clock::duration span) : span_(span) {}
  void Add(Time now, double number) {
    numbers_.emplace_back(now, number);
    while (now - numbers_.front().first > span_) numbers_.pop_front();
  }
  double newest() const { return numbers_.empty() ? 0 : numbers_.back().second; }
  double oldest() const { return numbers_.empty() ? 0 : numbers_.front().second; }
  double mean() const {
    double sum = 0;
    for (const auto& [time, number] : numbers_) sum += number;
    return numbers_.empty() ? 0 : sum / static_cast<double>(numbers_.size());
  }

 private:
  Clock::duration span_;
  std::deque<std::pair<Time, double>> numbers_;
};

}  // namespace mcp_vitals::scaler
