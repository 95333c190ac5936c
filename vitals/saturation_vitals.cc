#include "vitals/saturation_vitals.h"

#include <algorithm>

namespace mcp_vitals::vitals {

namespace {

constexpr std::array<std::string_view, kFetchErrorCount> kFetchErrors = {
    "connection_error", "timeout", "http_error", "response_too_large", "malformed", "no_figures"};
static_assert(static_cast<std::size_t>(FetchError::kNoFigures) + 1 == kFetchErrorCount);

// A part above its whole means that the two do not belong together.
std::optional<double> Share(const std::optional<double>& part, const std::optional<double>& whole) {
  if (!part || !whole || *whole <= 0 || *part > *whole) return std::nullopt;
  return *part / *whole;
}

}  // namespace

std::string_view ToString(FetchError error) {
  return kFetchErrors[static_cast<std::size_t>(error)];
}

std::optional<double> Saturation::PoolRatio() const {
  if (pool_utilization) return pool_utilization;
  // An idle count above the total (the two were not read at one moment) means that none is used.
  if (!pool_total || !pool_idle) return std::nullopt;
  return Share(std::max(0.0, *pool_total - *pool_idle), pool_total);
}

std::optional<double> Saturation::HeapRatio() const {
  return heap_utilization ? heap_utilization : Share(heap_used, heap_limit);
}

void SaturationVitals::Configure(const std::string& endpoint, std::optional<double> limit) {
  const std::lock_guard lock(mutex_);
  if (report_.endpoint != endpoint) report_ = {};
  if (report_.limit != limit) report_.times_above = 0;
  report_.endpoint = endpoint;
  report_.limit = limit;
}

void SaturationVitals::Record(const std::string& endpoint, const Fetched& fetched) {
  const std::lock_guard lock(mutex_);
  if (report_.endpoint != endpoint) return;
  ++report_.fetches;
  if (const auto* failure = std::get_if<FetchFailure>(&fetched)) {
    ++report_.failures[static_cast<std::size_t>(failure->error)];
    report_.figures.reset();
    report_.times_above = 0;
    return;
  }
  report_.figures = std::get<Saturation>(fetched);
  report_.last_success = std::chrono::system_clock::now();
  if (!report_.limit) return;
  // What is not known is not above.
  const double ratio =
      std::max(report_.figures->PoolRatio().value_or(0), report_.figures->HeapRatio().value_or(0));
  report_.times_above = ratio > *report_.limit ? report_.times_above + 1 : 0;
}

SaturationReport SaturationVitals::Get() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

}  // namespace mcp_vitals::vitals
