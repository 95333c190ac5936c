#include "scaler/server_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <fstream>
#include <iterator>
#include <utility>

namespace mcp_vitals::scaler {

namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// gRPC's C++ has no name for credentials that are asked for again; its C has.
class Credentials final : public grpc::ServerCredentials {
 public:
  explicit Credentials(ServerTls tls)
      : tls_(std::move(tls)),
        credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                tls_.client_ca_file.empty()
                    ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                    : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY,
                [](void* self, grpc_ssl_server_certificate_config** config) {
                  return static_cast<Credentials*>(self)->Fetch(config);
                },
                this))) {}
  ~Credentials() override { grpc_server_credentials_release(credentials_); }
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  // For each client, one after the other. gRPC keeps what it has when it can't use what it gets.
  grpc_ssl_certificate_config_reload_status Fetch(grpc_ssl_server_certificate_config** config) {
    // It wants an authority of clients even where none is asked who he is.
    const bool asks = !tls_.client_ca_file.empty();
    Pems now{Read(tls_.cert_file), Read(tls_.key_file),
             Read(asks ? tls_.client_ca_file : tls_.cert_file)};
    if (now == seen_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    seen_ = std::move(now);
    const grpc_ssl_pem_key_cert_pair pair{seen_.key.c_str(), seen_.certificate.c_str()};
    *config = grpc_ssl_server_certificate_config_create(seen_.client_roots.c_str(), &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  struct Pems {
    std::string certificate, key, client_roots;
    bool operator==(const Pems&) const = default;
  };
  const ServerTls tls_;
  Pems seen_;  // last, usable or not
  grpc_server_credentials* const credentials_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> FileCredentials(ServerTls tls) {
  return std::make_shared<Credentials>(std::move(tls));
}

}  // namespace mcp_vitals::scaler
