#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "tests/hpa/cases.h"
#include "tests/hpa/json.h"

namespace mcp_vitals::hpa {

namespace {

using closed_loop::Random;

double AnyTolerance(Random& random) {
  constexpr std::array kTolerances = {0.0, 0.01, 0.05, 0.07, 0.1, 0.1, 0.1, 0.15, 0.2, 0.5};
  return kTolerances.at(random.Index(kTolerances.size()));
}

double AnyTarget(Random& random) {
  constexpr std::array kTargets = {1.0, 1.0, 0.125, 2.0, 3.0, 50.0, 50.5, 0.001, 99.999, 1e6};
  if (random.Index(3) == 0) return std::ceil(random.Uniform() * 1e5) / 1000;
  return kTargets.at(random.Index(kTargets.size()));
}

double AnySum(Random& random, double target, double replicas, double up, double down) {
  const double nudge = (static_cast<double>(random.Index(7)) - 3) / 1000;
  switch (random.Index(5)) {
    case 0:
      return random.Uniform() * target * 200;
    case 1:
      return target * replicas * (1 + up) + nudge;
    case 2:
      return target * replicas * (1 - down) + nudge;
    case 3:
      return target * static_cast<double>(random.Index(200)) + nudge;
    default:
      return 0;
  }
}

// The sum as one value or as several, as KEDA prints them.
std::string AnyParts(Random& random, double sum) {
  std::vector<std::string> parts;
  sum = std::max(sum, 0.0);
  for (std::size_t more = random.Index(3); more > 0; --more) {
    const double part = random.Uniform() * sum;
    parts.push_back(Thousandths(part));
    sum -= part;
  }
  parts.push_back(Thousandths(sum));
  return List(parts);
}

std::string Tolerances(double up, double down) {
  return Member("upTolerance", Json(up)) + "," + Member("downTolerance", Json(down));
}

std::string AnyPod(Random& random, int target) {
  const int request = static_cast<int>(random.Index(4) + 1) * 250;
  const double busy = random.Index(2) == 0 ? random.Uniform() * 2 : target / 100.0;
  std::string pod = Member("request", std::to_string(request));
  if (random.Index(5) != 0) {
    pod += "," + Member("usage", std::to_string(std::lround(busy * request)));
  }
  if (random.Index(12) == 0) pod += "," + Member("isDeleted", "true");
  if (random.Index(12) == 0) pod += "," + Member("isPending", "true");
  if (random.Index(8) == 0) pod += "," + Member("isUnready", "true");
  return "{" + pod + "}";
}

}  // namespace

std::string AnyExternalReading(Random& random) {
  constexpr std::size_t kMost = 120;  // replicas
  const bool is_average = random.Index(2) == 0;
  const double up = AnyTolerance(random), down = AnyTolerance(random);
  const double target = AnyTarget(random);
  // Without any pod there is no Value.
  const std::size_t status = random.Index(kMost) + (is_average ? 0 : 1);
  const double divided_by = is_average ? static_cast<double>(status) : 1;
  const double sum = AnySum(random, target, divided_by, up, down);
  return "{" + Member("kind", is_average ? R"("AverageValue")" : R"("Value")") + "," +
         Member("target", Thousandths(target)) + "," + Member("values", AnyParts(random, sum)) +
         "," + Member("statusReplicas", std::to_string(status)) + "," +
         Member("specReplicas", std::to_string(random.Index(kMost))) + "," +
         Member("readyPods", std::to_string(random.Index(kMost))) + "," + Tolerances(up, down) +
         "}";
}

std::string AnyCpuReading(Random& random) {
  const int target = static_cast<int>(random.Index(120)) + 1;
  std::vector<std::string> pods;
  for (std::size_t more = random.Index(12) + 1; more > 0; --more) {
    pods.push_back(AnyPod(random, target));
  }
  return "{" + Member("kind", R"("Utilization")") + "," + Member("target", std::to_string(target)) +
         "," + Member("specReplicas", std::to_string(pods.size() + random.Index(3))) + "," +
         Tolerances(AnyTolerance(random), AnyTolerance(random)) + "," + Member("pods", List(pods)) +
         "}";
}

}  // namespace mcp_vitals::hpa
