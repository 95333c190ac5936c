#include "scaler/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <utility>

#include "scaler/server_credentials.h"

namespace mcp_vitals::scaler {

namespace {

constexpr int kMaxMessage = 256 << 10;  // bytes; a trigger's metadata is far smaller
constexpr auto kGrace = std::chrono::milliseconds(500);

}  // namespace

std::unique_ptr<Server> Server::Start(const ServerOptions& options, Service& service,
                                      std::string& error) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  std::unique_ptr<Server> server(new Server(service));
  grpc::ServerBuilder builder;
  int port = 0;
  server->credentials_ =
      options.tls ? FileCredentials(*options.tls) : grpc::InsecureServerCredentials();
  builder.AddListeningPort(options.listen, server->credentials_, &port);
  builder.SetMaxReceiveMessageSize(kMaxMessage);
  // Two servers on one port would each have a part of KEDA's calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(&service);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || port == 0) {
    error = "cannot listen on " + options.listen;
    return nullptr;
  }
  server->port_ = static_cast<std::uint16_t>(port);
  return server;
}

Server::Server(Service& service) : service_(service) {}
Server::~Server() { Stop(); }

void Server::Stop() {
  if (!server_) return;
  service_.Stop();
  server_->Shutdown(std::chrono::system_clock::now() + kGrace);
  server_->Wait();
  server_.reset();
}

}  // namespace mcp_vitals::scaler
