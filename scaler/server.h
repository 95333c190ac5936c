#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "scaler/server_options.h"
#include "scaler/service.h"

namespace mcp_vitals::scaler {

// The gRPC server of KEDA's calls, with grpc.health.v1 and reflection beside them. Certificates are
// read again when their files change.
class Server {
 public:
  // Null on failure, with `error` saying why. `service` outlives it.
  static std::unique_ptr<Server> Start(const ServerOptions& options, Service& service,
                                       std::string& error);
  ~Server();  // as Stop

  std::uint16_t port() const { return port_; }
  // Ends streams with OK, lets calls finish, and returns within a second.
  void Stop();

 private:
  explicit Server(Service& service);
  Service& service_;
  std::shared_ptr<grpc::ServerCredentials> credentials_;  // outlives the next
  std::unique_ptr<grpc::Server> server_;
  std::uint16_t port_ = 0;
};

}  // namespace mcp_vitals::scaler
