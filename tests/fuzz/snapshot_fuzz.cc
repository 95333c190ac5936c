#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/require.h"
#include "vitals/snapshot.h"

// What claims to be a member's snapshot: whatever it is, what is read of it is bounded, adds up,
// and says the same when it is written again.
namespace mcp_vitals::vitals {
namespace {

using fuzz::Require;

void CheckHistogram(const FineHistogram& histogram) {
  std::uint64_t count = 0;
  for (const std::uint64_t bucket : histogram.buckets()) count += bucket;
  Require(count == histogram.count(), "the count is that of the buckets");
  const std::size_t end = histogram.first_bucket() + histogram.buckets().size();
  Require(end <= FineHistogram::Bounds().size() + 1, "every bucket is one");
  Require(histogram.buckets().empty() ||
              (histogram.buckets().front() > 0 && histogram.buckets().back() > 0),
          "it holds no more than the span of what is in it");
  Require(std::isfinite(histogram.sum()) && histogram.sum() >= 0, "a sum is a number of seconds");
  const double all = static_cast<double>(count);
  Require(histogram.CountAbove(-1) <= all * (1 + 1e-9), "no more are above than there are");
  Require(histogram.CountAbove(2.05) <= histogram.CountAbove(1.95) * (1 + 1e-9),
          "the fewer are above, the higher the bound");
  static_cast<void>(histogram.Quantile(0.95));
}

void Check(std::string_view bytes) {
  const auto snapshot = DecodeSnapshot(bytes);
  if (!snapshot) return;
  Require(snapshot->tools.size() <= 2000, "tools are bounded");
  Require(snapshot->identity.pod.size() <= 1024, "texts are bounded");
  for (const auto& [name, calls] : snapshot->tools) {
    CheckHistogram(calls.done);
    CheckHistogram(calls.in_flight);
  }
  const std::string again = Encode(*snapshot);
  const auto read = DecodeSnapshot(again);
  Require(read.has_value(), "what was written can be read");
  Require(Encode(*read) == again, "it says the same");
}

}  // namespace
}  // namespace mcp_vitals::vitals

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mcp_vitals::vitals::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
