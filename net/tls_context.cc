#include "net/tls_context.h"

#include <openssl/ssl.h>

#include <utility>

#include "net/tls_verification.h"

namespace mcp_vitals::net {

namespace {

// A longer chain is refused while it is read, and a deeper one when it is verified: far above any
// honest one, and little work.
constexpr long kMaxChainBytes = 100 * 1024;
constexpr int kMaxChainDepth = 16;

bool Load(asio::ssl::context& context, const TlsConfig& config, std::string& error) {
  boost::system::error_code ec;
  if (config.ca_file.empty()) {
    context.set_default_verify_paths(ec);
    if (ec) error = "the system's CA certificates: " + ec.message();
  } else {
    context.load_verify_file(config.ca_file, ec);
    if (ec) error = "ca_file " + config.ca_file + ": " + ec.message();
  }
  if (ec) return false;
  if (config.cert_file.empty() != config.key_file.empty()) {
    error = "cert_file and key_file belong together: only one is given";
    return false;
  }
  if (config.cert_file.empty()) return true;
  context.use_certificate_chain_file(config.cert_file, ec);
  if (ec) {
    error = "cert_file " + config.cert_file + ": " + ec.message();
    return false;
  }
  context.use_private_key_file(config.key_file, asio::ssl::context::pem, ec);
  if (ec) {
    error = "key_file " + config.key_file + ": " + ec.message();
    return false;
  }
  return true;
}

}  // namespace

TlsContext::TlsContext(TlsConfig config)
    : config_(std::move(config)), context_(asio::ssl::context::tls_client) {
  SSL_CTX* native = context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_max_cert_list(native, kMaxChainBytes);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  // A flood of records without data must give the event loop its turn.
  SSL_CTX_clear_mode(native, SSL_MODE_AUTO_RETRY);
  constexpr unsigned char kHttp11[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(native, kHttp11, sizeof(kHttp11) - 1);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_verify_depth(native, kMaxChainDepth);
  SSL_CTX_set_cert_verify_callback(native, &VerifyAndRecord, nullptr);
}

std::shared_ptr<TlsContext> TlsContext::Make(const TlsConfig& config, std::string& error) {
  std::shared_ptr<TlsContext> made(new TlsContext(config));
  if (!Load(made->context_, config, error)) return nullptr;
  return made;
}

}  // namespace mcp_vitals::net
