#include "tests/closed_loop/keda_scaler.h"

#include <cstdio>

namespace mcp_vitals::closed_loop {

namespace {
// They run beside each other in life.
constexpr int kPollsAt = 3, kSyncsAt = 7;
}  // namespace

int KedaScaler::Tick(const Cluster& cluster, int now) {
  observe_(cluster, now);
  Scale scale = cluster.scale(now);
  const int polling = keda_.object().polling;
  if (now % polling == kPollsAt % polling) scale.spec = keda_.Poll(scale, now);
  if (now % kHpaSync == kSyncsAt) scale.spec = keda_.Sync(scale, now);
  return scale.spec;
}

std::string KedaScaler::Note() const {
  std::string note;
  for (std::size_t i = 0; i < keda_.object().triggers.size(); ++i) {
    const auto last = keda_.last(i);
    char text[64];
    std::snprintf(text, sizeof text, "%s%s=", i == 0 ? "" : " ",
                  keda_.object().triggers[i].name.c_str());
    note += text;
    std::snprintf(text, sizeof text, "%.2f", static_cast<double>(last.value_or(0)) / 1000);
    note += last ? text : "error";
  }
  return why_ ? note + " " + why_() : note;
}

}  // namespace mcp_vitals::closed_loop
