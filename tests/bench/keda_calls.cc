// KEDA's GetMetrics, at a steady rate or until it answers a value.
//
//   bench_keda_calls ADDRESS load RATE SECONDS     prints {"calls", "failures", "p50", "p99",
//   "max"} bench_keda_calls ADDRESS await VALUE SECONDS   prints {"at"}: when it was first answered
//                                                  (CLOCK_MONOTONIC, in seconds; -1: never)
//
// A call's time counts from when it was due, so that a call that waits for another is not
// forgotten.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "scaler/externalscaler.grpc.pb.h"

namespace {

using Clock = std::chrono::steady_clock;
using externalscaler::ExternalScaler;
using Seconds = std::chrono::duration<double>;

externalscaler::GetMetricsRequest Request() {
  externalscaler::GetMetricsRequest request;
  request.set_metricname("connections");
  auto& ref = *request.mutable_scaledobjectref();
  ref.set_name("bench");
  (*ref.mutable_scalermetadata())["fleet"] = "bench";
  (*ref.mutable_scalermetadata())["metric"] = "connections";
  return request;
}

struct Call {
  grpc::ClientContext context;
  externalscaler::GetMetricsResponse response;
};

int Load(ExternalScaler::Stub& stub, double rate, double seconds) {
  const auto request = Request();
  const auto calls = static_cast<std::size_t>(rate * seconds);
  std::vector<double> took(calls, 0);
  std::atomic<std::size_t> done{0}, failures{0};
  const auto began = Clock::now();
  for (std::size_t i = 0; i < calls; ++i) {
    const auto due =
        began + std::chrono::duration_cast<Clock::duration>(Seconds(static_cast<double>(i) / rate));
    std::this_thread::sleep_until(due);
    auto call = std::make_shared<Call>();
    call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    stub.async()->GetMetrics(&call->context, &request, &call->response,
                             [call, due, i, &took, &done, &failures](const grpc::Status& status) {
                               if (!status.ok()) ++failures;
                               took[i] = Seconds(Clock::now() - due).count();
                               ++done;
                             });
  }
  while (done < calls) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::sort(took.begin(), took.end());
  std::printf("{\"calls\": %zu, \"failures\": %zu, \"p50\": %.6f, \"p99\": %.6f, \"max\": %.6f}\n",
              calls, failures.load(), took[calls / 2], took[calls * 99 / 100], took.back());
  return 0;
}

int Await(ExternalScaler::Stub& stub, double value, double seconds) {
  const auto request = Request();
  const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
  while (Clock::now() < until) {
    Call call;
    call.context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    const bool good = stub.GetMetrics(&call.context, request, &call.response).ok();
    if (good && call.response.metricvalues(0).metricvaluefloat() == value) {
      std::printf("{\"at\": %.6f}\n", Seconds(Clock::now().time_since_epoch()).count());
      return 0;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::printf("{\"at\": -1}\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: bench_keda_calls ADDRESS load|await NUMBER SECONDS\n");
    return 2;
  }
  const auto channel = grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials());
  const auto stub = ExternalScaler::NewStub(channel);
  const bool load = std::strcmp(argv[2], "load") == 0;
  return (load ? Load : Await)(*stub, std::atof(argv[3]), std::atof(argv[4]));
}
