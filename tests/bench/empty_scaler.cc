// What gRPC itself takes: the interface of KEDA, with a constant for an answer.
//
//   bench_empty_scaler     prints its port on 127.0.0.1, and serves until it is ended
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>

#include "scaler/externalscaler.grpc.pb.h"

namespace {

class Empty final : public externalscaler::ExternalScaler::CallbackService {
  grpc::ServerUnaryReactor* GetMetrics(grpc::CallbackServerContext* context,
                                       const externalscaler::GetMetricsRequest* request,
                                       externalscaler::GetMetricsResponse* response) override {
    auto* const value = response->add_metricvalues();
    value->set_metricname(request->metricname());
    value->set_metricvaluefloat(1);
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main() {
  Empty service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) return 1;
  std::printf("%d\n", port);
  std::fflush(stdout);
  server->Wait();
}
