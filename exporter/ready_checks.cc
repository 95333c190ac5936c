#include "exporter/ready_checks.h"

namespace mcp_vitals::exporter {

namespace {
constexpr std::uint32_t kFailuresToUnready = 2;
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

}  // namespace mcp_vitals::exporter
