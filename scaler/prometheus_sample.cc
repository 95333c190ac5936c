#include "scaler/prometheus_sample.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

namespace mcp_vitals::scaler {

namespace {

using CallsByTool = std::map<std::string, vitals::FineHistogram>;
template <class T>
using Told = std::variant<T, Unknown>;

// Of pods, streams or calls: what is beyond is a mistake somewhere.
constexpr double kMost = 1e12;

Told<std::uint64_t> ReadCount(double value) {
  if (value > kMost) return Unknown{"the answer has a number beyond 1e12"};
  return static_cast<std::uint64_t>(std::ceil(value));
}

Told<std::uint64_t> ReadNumber(const std::vector<Series>& series) {
  if (series.size() == 1) return ReadCount(series.front().value);
  return Unknown{"the answer has " + std::to_string(series.size()) + " series instead of one"};
}

Told<std::uint64_t> ReadReplicas(const std::vector<Series>& series) {
  auto number = ReadNumber(series);
  const auto* replicas = std::get_if<std::uint64_t>(&number);
  if (replicas != nullptr && *replicas == 0) return Unknown{"no pods are seen"};
  return number;
}

std::string LabelOf(const Series& series, const std::string& name) {
  const auto found = series.labels.find(name);
  return found == series.labels.end() ? "" : found->second;
}

Told<StreamSums> ReadStreams(const std::vector<Series>& series) {
  StreamSums sums;
  std::set<std::string> seen;
  for (const Series& one : series) {
    const std::string kind = LabelOf(one, "kind");
    if (!seen.insert(kind).second) return Unknown{"the answer has kind " + Words(kind) + " twice"};
    const auto read = ReadCount(one.value);
    const auto* count = std::get_if<std::uint64_t>(&read);
    if (count == nullptr) return std::get<Unknown>(read);
    std::uint64_t* sum = &sums.unsorted;
    for (std::size_t i = 0; i < sums.by_kind.size(); ++i) {
      if (ToString(static_cast<vitals::StreamKind>(i)) == kind) sum = &sums.by_kind[i];
    }
    *sum += *count;
  }
  return sums;
}

// The calls of one tool at or below each bound; the last one is infinite.
using Buckets = std::map<double, double>;

std::optional<double> ParseBound(const std::string& text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  double bound = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, bound);
  return error == std::errc{} && stop == end && std::isfinite(bound) ? std::optional(bound)
                                                                     : std::nullopt;
}

// Bounds ascend, and counts with them: increase() extrapolates each bucket by itself.
void MakeAscend(Buckets& buckets) {
  double most = 0;
  for (auto& [bound, count] : buckets) count = most = std::max(most, count);
}

// How many took at most `seconds`, by a line between the bounds beside it.
double CountUpTo(const Buckets& buckets, double seconds) {
  const auto high = buckets.lower_bound(seconds);
  double low_bound = 0, low_count = 0;
  if (high != buckets.begin()) std::tie(low_bound, low_count) = *std::prev(high);
  if (std::isinf(high->first)) return low_count;
  const double share = (seconds - low_bound) / (high->first - low_bound);
  return low_count + (high->second - low_count) * share;
}

// In the buckets of our own, whole calls; those without a finite bound are above all.
vitals::FineHistogram Spread(const Buckets& buckets) {
  const auto bounds = vitals::FineHistogram::Bounds();
  std::vector<std::uint32_t> places(bounds.size() + 1);
  std::iota(places.begin(), places.end(), 0);
  std::vector<std::uint64_t> counts;
  double before = 0;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    const double count =
        i < bounds.size() ? CountUpTo(buckets, bounds[i]) : buckets.rbegin()->second;
    const double whole = std::max(before, std::round(count));
    counts.push_back(static_cast<std::uint64_t>(whole - before));
    before = whole;
  }
  vitals::FineHistogram calls;
  calls.AddBuckets(places, counts);
  return calls;
}

Told<CallsByTool> ReadCalls(const std::vector<Series>& series) {
  std::map<std::string, Buckets> tools;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Series& one : series) {
    const std::string le = LabelOf(one, "le");
    // Whoever has no calls to tell of says so by a number without labels: 0.
    if (le.empty() && one.value == 0) continue;
    const auto bound = ParseBound(le);
    if (!bound) return Unknown{"the answer has a series without a bucket's bound (le)"};
    if (one.value > kMost) return Unknown{"the answer has a number beyond 1e12"};
    const std::string tool = LabelOf(one, "gen_ai_tool_name");
    if (!seen.emplace(tool, le).second) {
      return Unknown{"the answer has a bucket of " + Words(tool) + " twice"};
    }
    // Prometheus 3 writes 1.0 where its predecessors write 1, of other pods.
    tools[tool][*bound] += one.value;
  }
  CallsByTool calls;
  for (auto& [tool, buckets] : tools) {
    if (!std::isinf(buckets.rbegin()->first)) {
      return Unknown{"the answer has no bucket +Inf of " + Words(tool)};
    }
    MakeAscend(buckets);
    auto spread = Spread(buckets);
    if (spread.count() > 0) calls.emplace(tool.empty() ? "_OTHER" : tool, std::move(spread));
  }
  return calls;
}

// What `read` makes of the answer to a question; nothing where that tells nothing, and why.
template <class T>
std::optional<T> Take(const PrometheusAnswers& answers, Question question,
                      Told<T> (*read)(const std::vector<Series>&), FleetSample& sample) {
  const PrometheusAnswer& answer = answers[static_cast<std::size_t>(question)];
  const auto* series = std::get_if<std::vector<Series>>(&answer);
  Told<T> told = series == nullptr ? Told<T>(std::get<Unknown>(answer)) : read(*series);
  if (auto* good = std::get_if<T>(&told)) return std::move(*good);
  sample.troubles.push_back("query " + std::string(KeyOf(question)) + ": " +
                            std::get<Unknown>(told).why);
  return std::nullopt;
}

}  // namespace

FleetSample ReadSample(const PrometheusAnswers& answers) {
  FleetSample sample;
  sample.replicas = Take(answers, Question::kReplicas, ReadReplicas, sample);
  sample.streams = Take(answers, Question::kStreams, ReadStreams, sample);
  sample.in_flight = Take(answers, Question::kInFlight, ReadNumber, sample);
  sample.silent = Take(answers, Question::kSilent, ReadNumber, sample);
  auto minute = Take(answers, Question::kMinute, ReadCalls, sample);
  auto five_minutes = Take(answers, Question::kFiveMinutes, ReadCalls, sample);
  if (!minute || !five_minutes) return sample;
  auto& calls = sample.calls.emplace();
  for (auto& [tool, ended] : *minute) calls[tool].minute = std::move(ended);
  for (auto& [tool, ended] : *five_minutes) calls[tool].five_minutes = std::move(ended);
  return sample;
}

}  // namespace mcp_vitals::scaler
