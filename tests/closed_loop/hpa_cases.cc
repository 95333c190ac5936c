#include "tests/closed_loop/hpa_cases.h"

#include "tests/closed_loop/json_value.h"
#include "tests/closed_loop/keda.h"

namespace mcp_vitals::closed_loop {

namespace {

std::vector<std::int64_t> Thousandths(const JsonValue& values) {
  std::vector<std::int64_t> all;
  all.reserve(values.items.size());
  for (const JsonValue& value : values.items) all.push_back(Milli(value.number()));
  return all;
}

// One reading of a metric; nothing: it could not be got.
std::optional<int> External(const JsonValue& metric, const JsonValue& values, const Scale& scale,
                            Tolerance tolerance) {
  if (values.is_null()) return std::nullopt;
  const std::int64_t target = Milli(metric["target"].number());
  const auto type =
      metric["kind"].text == "AverageValue" ? Trigger::Type::kAverageValue : Trigger::Type::kValue;
  return AskedBy(type, Thousandths(values), target, scale, tolerance);
}

int Or(const JsonValue& value, int otherwise) {
  return value.is_null() ? otherwise : value.whole();
}

Tolerance ToleranceOf(const JsonValue& one) {
  return {one["upTolerance"].number(), one["downTolerance"].number()};
}

std::optional<int> Utilization(const JsonValue& one) {
  std::vector<PodCpu> pods;
  for (const JsonValue& pod : one["pods"].items) {
    PodCpu& cpu = pods.emplace_back();
    cpu.is_deleted = pod["isDeleted"].is_true();
    cpu.is_pending = pod["isPending"].is_true();
    cpu.is_unready = pod["isUnready"].is_true();
    if (!pod["usage"].is_null()) cpu.usage = pod["usage"].whole();
    cpu.request = pod["request"].whole();
  }
  return UtilizationReplicas(pods, one["target"].whole(), one["specReplicas"].whole(),
                             ToleranceOf(one));
}

void ReadRules(const JsonValue& from, ScalingRules& rules) {
  using Select = ScalingRules::Select;
  if (!from["stabilizationWindowSeconds"].is_null()) {
    rules.window = from["stabilizationWindowSeconds"].whole();
  }
  if (!from["tolerance"].is_null()) rules.tolerance = from["tolerance"].number();
  const std::string& select = from["selectPolicy"].text;
  rules.select = select == "Min"        ? Select::kMin
                 : select == "Disabled" ? Select::kDisabled
                                        : Select::kMax;
  if (from["policies"].is_null()) return;
  rules.policies.clear();
  for (const JsonValue& policy : from["policies"].items) {
    rules.policies.push_back(
        {policy["type"].text == "Pods" ? ScalingPolicy::Kind::kPods : ScalingPolicy::Kind::kPercent,
         policy["value"].whole(), policy["periodSeconds"].whole()});
  }
}

std::string Series(const JsonValue& one) {
  Hpa::Spec spec;
  spec.min = one["minReplicas"].whole();
  spec.max = one["maxReplicas"].whole();
  spec.tolerance = one["tolerance"].number();
  spec.window = one["downscaleWindow"].whole();
  if (!one["behavior"].is_null()) {
    spec.behavior.emplace();
    spec.behavior->down.window = spec.window;
    spec.behavior->up.tolerance = spec.behavior->down.tolerance = spec.tolerance;
    ReadRules(one["behavior"]["scaleUp"], spec.behavior->up);
    ReadRules(one["behavior"]["scaleDown"], spec.behavior->down);
  }
  Hpa hpa(spec);
  Scale scale;
  scale.spec = one["replicas"].whole();
  double now = 0;
  std::string all;
  for (const JsonValue& step : one["steps"].items) {
    now += one["period"].number();
    scale.status = Or(step["statusReplicas"], scale.spec);
    scale.spec = Or(step["specReplicas"], scale.spec);
    scale.ready = Or(step["readyPods"], scale.status);
    std::vector<std::optional<int>> asked;
    for (std::size_t i = 0; i < one["metrics"].items.size(); ++i) {
      asked.push_back(
          External(one["metrics"].items[i], step["values"].items[i], scale, hpa.tolerance()));
    }
    scale.spec = hpa.Sync(asked, scale.spec, now);
    all += (all.empty() ? "" : ",") + std::to_string(scale.spec);
  }
  return "{\"replicas\":[" + all + "]}";
}

}  // namespace

std::string AnswerHpaCase(std::string_view line) {
  const auto one = ParseJson(line);
  if (!one) return R"({"error":"no case"})";
  const std::string& kind = (*one)["kind"].text;
  if (kind == "series") return Series(*one);
  const Scale scale{Or((*one)["specReplicas"], 0), Or((*one)["statusReplicas"], 0),
                    Or((*one)["readyPods"], 0)};
  const auto replicas = kind == "Utilization"
                            ? Utilization(*one)
                            : External(*one, (*one)["values"], scale, ToleranceOf(*one));
  if (!replicas) return R"({"error":"no metrics"})";
  return "{\"replicas\":" + std::to_string(*replicas) + "}";
}

}  // namespace mcp_vitals::closed_loop
