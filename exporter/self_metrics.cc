#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "exporter/catalogue.h"
#include "exporter/process_stats.h"

namespace mcp_vitals::exporter {

namespace {

using prometheus::MetricType;
using vitals::ProbeVitals;

void CollectStartup(const SelfVitals& self, const ProbeVitals& probes, Samples& out) {
  std::optional<std::chrono::system_clock::time_point> first;
  probes.ForEach([&](const vitals::TargetVitals& target) {
    if (!target.in_pod || !target.first_success) return;
    first = first ? std::min(*first, *target.first_success) : *target.first_success;
  });
  if (first) out.Gauge({}, std::max(0.0, UnixSeconds(*first) - UnixSeconds(self.started)));
}

void CollectLimits(const SelfVitals& self, const ProbeVitals&, Samples& out) {
  const auto add = [&](const char* limit, const std::atomic<std::uint64_t>& hits) {
    out.Counter({{"limit", limit}}, static_cast<double>(hits.load()));
  };
  add("concurrent_requests", self.requests_rejected);
  add("connections", self.connections_cut);
  add("client_timeout", self.slow_clients_cut);
  add("request_head", self.request_heads_too_large);
  add("password_checks", self.password_checks_rejected);
}

// A row whose one sample is a number of SelfVitals, or of the kernel's.
template <double (*Value)(const SelfVitals&)>
void CollectCounter(const SelfVitals& self, const ProbeVitals&, Samples& out) {
  out.Counter({}, Value(self));
}
template <double (*Value)(const SelfVitals&)>
void CollectGauge(const SelfVitals& self, const ProbeVitals&, Samples& out) {
  out.Gauge({}, Value(self));
}

double Started(const SelfVitals& self) { return UnixSeconds(self.started); }
double Reloads(const SelfVitals& self) { return static_cast<double>(self.config_reloads.load()); }
double ReloadFailures(const SelfVitals& self) {
  return static_cast<double>(self.config_reload_failures.load());
}
double ReloadSuccessful(const SelfVitals& self) { return self.config_reload_successful ? 1 : 0; }
void CollectReloadTime(const SelfVitals& self, const ProbeVitals&, Samples& out) {
  const auto seconds = self.config_reload_success_seconds.load();
  if (seconds != 0) out.Gauge({}, static_cast<double>(seconds));
}
double CpuSeconds(const SelfVitals&) { return ReadProcessStats().cpu_seconds; }
double ResidentBytes(const SelfVitals&) { return ReadProcessStats().resident_bytes; }
double VirtualBytes(const SelfVitals&) { return ReadProcessStats().virtual_bytes; }
double OpenFds(const SelfVitals&) { return ReadProcessStats().open_fds; }
double MaxFds(const SelfVitals&) { return ReadProcessStats().max_fds; }
double Threads(const SelfVitals&) { return ReadProcessStats().threads; }

constexpr std::array kSelfMetrics = {
    SelfMetric{{"mcp_pod_startup_duration_seconds", MetricType::Gauge,
                "From the start of this program to the first good answer of a server in its pod; "
                "absent until then.",
                ""},
               CollectStartup},
    SelfMetric{{"mcp_vitals_build_info", MetricType::Gauge, "This program: always 1.", "version"},
               [](const SelfVitals& self, const ProbeVitals&, Samples& out) {
                 out.Gauge({{"version", self.version}}, 1);
               }},
    SelfMetric{{"mcp_vitals_config_reloads_total", MetricType::Counter,
                "Attempts to reload the configuration.", ""},
               CollectCounter<Reloads>},
    SelfMetric{{"mcp_vitals_config_reload_failures_total", MetricType::Counter,
                "Reloads whose configuration was bad, so that the old one stayed.", ""},
               CollectCounter<ReloadFailures>},
    SelfMetric{
        {"mcp_vitals_config_last_reload_successful", MetricType::Gauge,
         "1 if the configuration last read was good and is in force, but for what waits for a "
         "restart (which /config tells); 0 if it was bad, so that the one before it stayed.",
         ""},
        CollectGauge<ReloadSuccessful>},
    SelfMetric{{"mcp_vitals_config_last_reload_success_timestamp_seconds", MetricType::Gauge,
                "When the last good configuration was read, as Unix time.", ""},
               CollectReloadTime},
    SelfMetric{{"mcp_vitals_limits_hit_total", MetricType::Counter,
                "How often a limit of the HTTP surface was reached.", "limit"},
               CollectLimits},
    SelfMetric{{"process_cpu_seconds_total", MetricType::Counter,
                "User and system time spent by this process.", ""},
               CollectCounter<CpuSeconds>},
    SelfMetric{{"process_resident_memory_bytes", MetricType::Gauge, "Resident memory.", ""},
               CollectGauge<ResidentBytes>},
    SelfMetric{{"process_virtual_memory_bytes", MetricType::Gauge, "Virtual memory.", ""},
               CollectGauge<VirtualBytes>},
    SelfMetric{{"process_open_fds", MetricType::Gauge, "Open file descriptors.", ""},
               CollectGauge<OpenFds>},
    SelfMetric{{"process_max_fds", MetricType::Gauge, "File descriptors that may be open.", ""},
               CollectGauge<MaxFds>},
    SelfMetric{{"process_threads", MetricType::Gauge, "Threads.", ""}, CollectGauge<Threads>},
    SelfMetric{{"process_start_time_seconds", MetricType::Gauge,
                "When this process started, as Unix time.", ""},
               CollectGauge<Started>},
};

}  // namespace

std::span<const SelfMetric> SelfMetrics() { return kSelfMetrics; }

}  // namespace mcp_vitals::exporter
