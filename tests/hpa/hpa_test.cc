#include <gtest/gtest.h>

#include "tests/closed_loop/hpa_cases.h"
#include "tests/hpa/cases.h"
#include "tests/hpa/oracle.h"

// The simulator's HPA is Kubernetes'.
namespace mcp_vitals::hpa {
namespace {

using closed_loop::Random;

// An error is one in any words.
bool Agree(const std::string& ours, const std::string& theirs) {
  constexpr std::string_view kError = R"({"error")";
  return ours == theirs || (ours.starts_with(kError) && theirs.starts_with(kError));
}

void Compare(std::string (*any)(Random&), std::uint64_t seed, std::size_t count) {
  constexpr int kShown = 3;
  Random random(seed);
  std::vector<std::string> cases(count);
  for (std::string& one : cases) one = any(random);
  const std::vector<std::string> theirs = AskKubernetes(cases);
  ASSERT_EQ(theirs.size(), cases.size()) << "so many cases have been answered";
  int wrong = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string ours = closed_loop::AnswerHpaCase(cases[i]);
    if (Agree(ours, theirs[i]) || ++wrong > kShown) continue;
    ADD_FAILURE() << cases[i] << "\n  Kubernetes:    " << theirs[i]
                  << "\n  the simulator: " << ours;
  }
  EXPECT_EQ(wrong, 0) << "of " << count;
}

TEST(HpaTest, OneReadingOfAnExternalMetricAsksForTheSameReplicas) {
  Compare(AnyExternalReading, 1, 40'000);
}

TEST(HpaTest, OneReadingOfTheCpuAsksForTheSameReplicas) { Compare(AnyCpuReading, 2, 20'000); }

TEST(HpaTest, WindowsPoliciesAndBoundsChangeTheScaleAlike) { Compare(AnySeries, 3, 1000); }

}  // namespace
}  // namespace mcp_vitals::hpa
