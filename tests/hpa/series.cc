#include <algorithm>
#include <cmath>

#include "tests/hpa/cases.h"
#include "tests/hpa/json.h"

namespace mcp_vitals::hpa {

namespace {

using closed_loop::Random;

constexpr double kTarget = 50;

std::string Any(Random& random, std::initializer_list<const char*> choices) {
  return choices.begin()[random.Index(choices.size())];
}

std::string AnyPolicy(Random& random) {
  const bool is_pods = random.Index(2) == 0;
  return Object(
      {Member("type", is_pods ? R"("Pods")" : R"("Percent")"),
       Member("value", is_pods ? Any(random, {"1", "2", "4", "10"})
                               : Any(random, {"1", "10", "33", "50", "100", "200"})),
       Member("periodSeconds", Any(random, {"1", "15", "30", "60", "90", "300", "1800"}))});
}

// Some of the keys: what is left out is as the API server sets it.
std::string AnyRules(Random& random) {
  std::vector<std::string> members;
  if (random.Index(2) == 0) {
    members.push_back(Member("stabilizationWindowSeconds",
                             Any(random, {"0", "0", "15", "30", "60", "100", "300", "600"})));
  }
  if (random.Index(3) == 0) {
    members.push_back(
        Member("selectPolicy", Any(random, {R"("Max")", R"("Min")", R"("Disabled")"})));
  }
  if (random.Index(3) == 0) {
    members.push_back(
        Member("tolerance", Any(random, {R"("0")", R"("0.05")", R"("0.07")", R"("0.2")"})));
  }
  if (random.Index(3) != 0) {
    std::vector<std::string> policies;
    for (std::size_t more = random.Index(3) + 1; more > 0; --more) {
      policies.push_back(AnyPolicy(random));
    }
    members.push_back(Member("policies", List(policies)));
  }
  return Object(members);
}

std::string AnyBehavior(Random& random) {
  if (random.Index(4) == 0) return "null";
  std::vector<std::string> members;
  if (random.Index(4) != 0) members.push_back(Member("scaleUp", AnyRules(random)));
  if (random.Index(4) != 0) members.push_back(Member("scaleDown", AnyRules(random)));
  return Object(members);
}

// What is asked for over time: it wanders, and jumps now and then.
class Wish {
 public:
  // The values of one metric at the next sync.
  std::string Next(Random& random) {
    if (random.Index(8) == 0) replicas_ = random.Uniform() * 60;
    replicas_ = std::max(0.0, replicas_ + (random.Uniform() - 0.5) * replicas_ * 0.4);
    if (random.Index(10) == 0) return "null";  // it can't be got
    const double asked = random.Index(2) == 0 ? std::round(replicas_) : replicas_;
    return List({Thousandths(asked * kTarget)});
  }

 private:
  double replicas_ = 5;
};

std::string AnyStep(Random& random, std::vector<Wish>& wishes, bool& is_off) {
  std::vector<std::string> values(wishes.size());
  for (std::size_t i = 0; i < wishes.size(); ++i) values[i] = wishes[i].Next(random);
  std::vector<std::string> members = {Member("values", List(values))};
  if (random.Index(6) == 0) {
    members.push_back(Member("statusReplicas", std::to_string(random.Index(40) + 1)));
  }
  if (random.Index(6) == 0) {
    members.push_back(Member("readyPods", std::to_string(random.Index(40))));
  }
  // By somebody else: to nothing and up again, as KEDA does, or to anything.
  if (is_off || random.Index(25) == 0) {
    const std::string to = is_off ? "1" : Any(random, {"0", "0", "3", "17", "60"});
    members.push_back(Member("specReplicas", to));
    is_off = to == "0";
  }
  return Object(members);
}

}  // namespace

std::string AnySeries(Random& random) {
  constexpr std::size_t kSyncs = 60;
  std::vector<Wish> wishes(random.Index(2) + 1);
  std::vector<std::string> metrics;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    const bool is_value = random.Index(4) == 0;
    metrics.push_back(Object({Member("kind", is_value ? R"("Value")" : R"("AverageValue")"),
                              Member("target", Json(is_value ? 20 * kTarget : kTarget))}));
  }
  std::vector<std::string> steps(kSyncs);
  bool is_off = false;
  for (std::string& step : steps) step = AnyStep(random, wishes, is_off);
  return Object({Member("kind", R"("series")"), Member("metrics", List(metrics)),
                 Member("minReplicas", Any(random, {"1", "1", "2", "5"})),
                 Member("maxReplicas", Any(random, {"10", "50", "100"})),
                 Member("replicas", Any(random, {"1", "4", "12", "70"})),
                 Member("behavior", AnyBehavior(random)),
                 Member("tolerance", Any(random, {"0.1", "0.1", "0.03"})),
                 Member("downscaleWindow", Any(random, {"300", "300", "60", "0"})),
                 Member("period", Any(random, {"15", "15", "2", "7", "60"})),
                 Member("steps", List(steps))});
}

}  // namespace mcp_vitals::hpa
