#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "scaler/board.h"
#include "scaler/service.h"
#include "tests/closed_loop/cluster.h"
#include "tests/closed_loop/keda.h"

namespace mcp_vitals::closed_loop {

// This project's scaler as KEDA meets it: the gRPC service, asked over a channel inside the
// process, and fed with the snapshot of every pod each second.
class OurScaler {
 public:
  explicit OurScaler(std::map<std::string, std::string> metadata);
  ~OurScaler();

  void Observe(const Cluster& cluster, int now);
  // What KEDA's client makes of GetMetricSpec; 0: an error.
  double Target();
  // What it makes of GetMetrics and IsActive; nothing: one of them failed.
  std::optional<Reading> Read();
  // What the last decision was made of, for people.
  std::string Why() const;

 private:
  externalscaler::ScaledObjectRef ref_;
  scaler::Board board_;
  scaler::Service service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<externalscaler::ExternalScaler::Stub> stub_;
};

}  // namespace mcp_vitals::closed_loop
