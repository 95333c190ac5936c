#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scaler/prometheus_sample.h"
#include "tests/fuzz/require.h"

// What claims to be Prometheus' answer, to each question: whatever it is, what is known of it can
// be counted, and what is not known has a reason.
namespace mcp_vitals::scaler {
namespace {

using fuzz::Require;

void CheckWords(const std::string& words) {
  Require(!words.empty() && words.size() < 500, "a reason is short");
  for (const char c : words) Require(c >= ' ' && c <= '~', "a reason can be printed");
}

void CheckCalls(const vitals::FineHistogram& calls) {
  std::uint64_t sum = 0;
  for (const std::uint64_t bucket : calls.buckets()) sum += bucket;
  Require(sum == calls.count() && sum > 0 && sum <= 20'000'000'000'000'000, "calls can be counted");
  Require(calls.CountAbove(2) <= static_cast<double>(sum) * (1 + 1e-9), "no more are over");
}

void Check(std::string_view bytes) {
  const PrometheusAnswer answer = ReadPrometheusAnswer(200, bytes);
  if (const auto* unknown = std::get_if<Unknown>(&answer)) {
    CheckWords(unknown->why);
    return;
  }
  const auto& series = std::get<std::vector<Series>>(answer);
  Require(!series.empty() && series.size() <= kMaxSeries, "there are series, and a bound");
  for (const Series& one : series) {
    Require(std::isfinite(one.value) && one.value >= 0, "every value is a count");
  }
  PrometheusAnswers answers;
  answers.fill(answer);
  const FleetSample sample = ReadSample(answers);
  for (const std::string& trouble : sample.troubles) CheckWords(trouble);
  std::size_t unknown = sample.calls ? 0 : 1;  // by one of two questions, or both
  if (!sample.streams) ++unknown;
  if (!sample.in_flight) ++unknown;
  if (!sample.replicas) ++unknown;
  if (!sample.silent) ++unknown;
  Require(sample.troubles.size() >= unknown, "what is not known has a reason");
  if (!sample.calls) return;
  for (const auto& [tool, work] : *sample.calls) {
    CheckCalls(work.minute);
    CheckCalls(work.five_minutes);
  }
}

}  // namespace
}  // namespace mcp_vitals::scaler

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mcp_vitals::scaler::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
