#include "tests/closed_loop/ours.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <set>

namespace mcp_vitals::closed_loop {

namespace {

constexpr const char* kFleet = "mcp-server";
constexpr std::uint64_t kBoot = 1;
constexpr std::array<const char*, 8> kAdvice = {"keep", "unknown", "over",    "grow",
                                                "wait", "hot",     "latched", "shrink"};
constexpr int kDnsSeconds = 5;  // between two looks at the headless Service

scaler::Time At(int now) {
  return scaler::Time(std::chrono::hours(1'000) + std::chrono::seconds(now));
}

// Nothing here takes long: a hang is a bug, and ends the test.
void Bound(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
}

}  // namespace

OurScaler::OurScaler(std::map<std::string, std::string> metadata)
    : board_({{kFleet, {}}}, kBoot), service_(board_) {
  metadata["fleet"] = kFleet;
  ref_.set_name("mcp-server");
  ref_.mutable_scalermetadata()->insert(metadata.begin(), metadata.end());
  grpc::ServerBuilder builder;
  builder.RegisterService(&service_);
  server_ = builder.BuildAndStart();
  stub_ = externalscaler::ExternalScaler::NewStub(server_->InProcessChannel({}));
  Read();  // a trigger is known from the first time that it is asked for
}

OurScaler::~OurScaler() {
  service_.Stop();
  server_->Shutdown();
}

void OurScaler::Observe(const Cluster& cluster, int now) {
  if (now % kDnsSeconds == 0) {
    std::set<std::string> addresses;
    for (const auto& pod : cluster.pods()) addresses.insert(pod->address());
    board_.SetMembers(kFleet, addresses, At(now));
  }
  for (const auto& pod : cluster.pods()) {
    if (pod->is_heard(now)) board_.Heard(kFleet, pod->address(), pod->Snap(now), At(now));
  }
  board_.Tick(At(now));
  service_.Tick(At(now));
}

double OurScaler::Target() {
  grpc::ClientContext context;
  Bound(context);
  externalscaler::GetMetricSpecResponse response;
  if (!stub_->GetMetricSpec(&context, ref_, &response).ok()) return 0;
  return response.metricspecs(0).targetsizefloat();
}

std::optional<Reading> OurScaler::Read() {
  externalscaler::GetMetricsRequest request;
  *request.mutable_scaledobjectref() = ref_;
  request.set_metricname("load");
  externalscaler::GetMetricsResponse metrics;
  grpc::ClientContext context;
  Bound(context);
  if (!stub_->GetMetrics(&context, request, &metrics).ok()) return std::nullopt;
  externalscaler::IsActiveResponse active;
  grpc::ClientContext again;
  Bound(again);
  if (!stub_->IsActive(&again, ref_, &active).ok()) return std::nullopt;
  Reading reading{0, active.result()};
  for (const auto& value : metrics.metricvalues()) {
    // KEDA takes the float only if it is above zero.
    reading.value += value.metricvaluefloat() > 0 ? value.metricvaluefloat()
                                                  : static_cast<double>(value.metricvalue());
  }
  return reading;
}

std::string OurScaler::Why() const {
  const auto fleets = board_.Report();
  if (fleets.empty() || fleets.front().triggers.empty()) return "";
  const scaler::Decision& last = fleets.front().triggers.front().last;
  char text[200];
  std::snprintf(text, sizeof text,
                "%s/%s streams->%u latency->%u over=%.1f%%%s load=%.1f knee=%.2f safe=%.2f%s",
                std::string(ToString(last.rule)).c_str(),
                std::string(kAdvice[static_cast<std::size_t>(last.advice)]).c_str(),
                last.by_streams, last.by_latency, 100 * last.latency.share,
                last.latency.is_over()    ? " OVER"
                : last.latency.is_under() ? ""
                                          : " ?",
                last.latency.load, last.knee.value_or(0), last.safe,
                last.doubts.any() ? " doubts" : "");
  return text;
}

}  // namespace mcp_vitals::closed_loop
