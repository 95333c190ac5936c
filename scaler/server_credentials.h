#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "scaler/server_options.h"

namespace mcp_vitals::scaler {

// TLS by what the files hold when a client comes. What can't be used, as a certificate without its
// key while both are being replaced, changes nothing: the pair before stays. gRPC's own watcher of
// files would refuse every client meanwhile. The server that listens by them is destroyed first.
std::shared_ptr<grpc::ServerCredentials> FileCredentials(ServerTls tls);

}  // namespace mcp_vitals::scaler
