#include "tests/closed_loop/prometheus.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace mcp_vitals::closed_loop {

namespace {
constexpr int kInterval = 15;
constexpr int kKept = 330;  // seconds: a window of five minutes and what is around it
}  // namespace

void Prometheus::Scrape(const Cluster& cluster, int now) {
  for (auto& [number, series] : series_) series.is_gone = true;
  for (const auto& pod : cluster.pods()) {
    // The server answers once it is ready, and until its pod is gone.
    if (pod->state() == PodState::kStarting) continue;
    const auto offset = static_cast<int>(pod->number() * 7 % kInterval);
    const auto known = series_.find(pod->number());
    if (known != series_.end()) known->second.is_gone = false;
    if (now % kInterval != offset) continue;
    Series& series = series_[pod->number()];
    series.is_gone = false;
    Sample sample{
        now, static_cast<double>(pod->streams()), static_cast<double>(pod->requests()), {}};
    for (std::size_t i = 0; i < kBuckets; ++i) {
      sample.buckets[i] = static_cast<double>(pod->durations().cumulative(i));
    }
    series.samples.push_back(sample);
    while (series.samples.front().at < now - kKept) series.samples.pop_front();
  }
  std::erase_if(series_, [&](const auto& one) {
    return one.second.is_gone && one.second.samples.back().at < now - kKept;
  });
}

std::optional<double> Prometheus::SumOfStreams(int) const {
  double sum = 0;
  bool is_any = false;
  for (const auto& [number, series] : series_) {
    if (series.is_gone) continue;
    sum += series.samples.back().streams;
    is_any = true;
  }
  return is_any ? std::optional(sum) : std::nullopt;
}

std::optional<double> Prometheus::AverageOfStreams(int now) const {
  const auto sum = SumOfStreams(now);
  if (!sum) return std::nullopt;
  const auto there = std::count_if(series_.begin(), series_.end(),
                                   [](const auto& one) { return !one.second.is_gone; });
  return *sum / static_cast<double>(there);
}

template <class Read>
std::optional<double> Prometheus::Rate(const Series& series, int now, int window, Read read) {
  const Sample* first = nullptr;
  int count = 0;
  for (const Sample& sample : series.samples) {
    if (sample.at <= now - window) continue;
    if (first == nullptr) first = &sample;
    ++count;
  }
  if (count < 2) return std::nullopt;
  const Sample& last = series.samples.back();
  const double increase = read(last) - read(*first);
  const double interval = last.at - first->at;
  const double usual = interval / (count - 1);
  // It goes on to the window's ends, if they are not further than a sample usually is.
  const auto reach = [&](double distance) { return distance < usual * 1.1 ? distance : usual / 2; };
  double to_start = reach(first->at - (now - window));
  if (increase > 0 && read(*first) >= 0) {
    to_start = std::min(to_start, interval * read(*first) / increase);  // a counter began at 0
  }
  const double to_end = reach(now - last.at);
  return increase * (interval + to_start + to_end) / interval / window;
}

std::optional<double> Prometheus::RequestRate(int now, int window) const {
  double sum = 0;
  bool is_any = false;
  for (const auto& [number, series] : series_) {
    const auto rate = Rate(series, now, window, [](const Sample& s) { return s.requests; });
    sum += rate.value_or(0);
    is_any = is_any || rate;
  }
  return is_any ? std::optional(sum) : std::nullopt;
}

std::optional<double> Prometheus::Quantile(double q, int now, int window) const {
  std::array<double, kBuckets> rates{};
  for (const auto& [number, series] : series_) {
    for (std::size_t i = 0; i < kBuckets; ++i) {
      rates[i] +=
          Rate(series, now, window, [i](const Sample& s) { return s.buckets[i]; }).value_or(0);
    }
  }
  const double all = rates.back();
  if (!(all > 0)) return std::nullopt;  // NaN, which KEDA takes for nothing
  const double rank = q * all;
  const auto found = static_cast<std::size_t>(
      std::find_if(rates.begin(), rates.end(), [&](double rate) { return rate >= rank; }) -
      rates.begin());
  if (found >= kBuckets - 1) return vitals::kDurationBounds.back();
  const double low = found == 0 ? 0 : vitals::kDurationBounds[found - 1];
  const double below = found == 0 ? 0 : rates[found - 1];
  const double in_bucket = rates[found] - below;
  return low + (vitals::kDurationBounds[found] - low) * (rank - below) / in_bucket;
}

}  // namespace mcp_vitals::closed_loop
