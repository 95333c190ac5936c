#include "exporter/ready_checks.h"

#include <cmath>
#include <optional>
#include <string>

namespace mcp_vitals::exporter {

namespace {
constexpr std::uint32_t kFailuresToUnready = 2;

// "pool 97 %, heap 42 %": what is known.
std::string Shown(const vitals::Saturation& figures) {
  std::string text;
  const auto add = [&text](const char* resource, const std::optional<double>& ratio) {
    if (!ratio) return;
    text += (text.empty() ? "" : ", ") + std::string(resource) + " " +
            std::to_string(std::lround(*ratio * 100)) + " %";
  };
  add("pool", figures.PoolRatio());
  add("heap", figures.HeapRatio());
  return text;
}
}  // namespace

ReadyCheck InPodHandshake(const vitals::ProbeVitals& probes) {
  return {"in-pod handshake", [&probes] {
            ReadyCheck::Verdict verdict{true, "no target in this pod"};
            probes.ForEach([&](const vitals::TargetVitals& target) {
              if (!target.in_pod || !verdict.ready) return;
              if (!target.first_success) {
                verdict = {false, target.target + " has not answered yet"};
              } else if (target.consecutive_failures >= kFailuresToUnready) {
                verdict = {false, target.target + " has failed " +
                                      std::to_string(target.consecutive_failures) + " times"};
              } else {
                verdict.why = "answered";
              }
            });
            return verdict;
          }};
}

ReadyCheck SaturationUnderLimit(const vitals::SaturationVitals& saturation) {
  return {"saturation under its limit", [&saturation] {
            const vitals::SaturationReport report = saturation.Get();
            if (!report.limit) return ReadyCheck::Verdict{true, "no limit"};
            const std::string shown = report.figures ? Shown(*report.figures) : "";
            if (shown.empty()) return ReadyCheck::Verdict{true, "not known"};
            return ReadyCheck::Verdict{!report.saturated(), shown};
          }};
}

}  // namespace mcp_vitals::exporter
