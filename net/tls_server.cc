#include "net/tls_server.h"

#include <openssl/ssl.h>
#include <sys/stat.h>

#include <map>
#include <utility>

namespace mcp_vitals::net {

namespace {

namespace ssl = boost::asio::ssl;

struct ClientAuth {
  int verify;
  bool check_chain;
};

const ClientAuth* FindClientAuth(const std::string& word) {
  static const std::map<std::string, ClientAuth> kWords = {
      {"NoClientCert", {SSL_VERIFY_NONE, false}},
      {"RequestClientCert", {SSL_VERIFY_PEER, false}},
      {"RequireAnyClientCert", {SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, false}},
      {"VerifyClientCertIfGiven", {SSL_VERIFY_PEER, true}},
      {"RequireAndVerifyClientCert", {SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, true}},
  };
  const auto found = kWords.find(word);
  return found == kWords.end() ? nullptr : &found->second;
}

std::string Stamp(const TlsServerConfig& tls) {
  std::string stamp;
  for (const std::string& file : {tls.cert_file, tls.key_file, tls.client_ca_file}) {
    struct stat info{};
    if (file.empty() || ::stat(file.c_str(), &info) != 0) continue;
    stamp += std::to_string(info.st_ino) + "/" + std::to_string(info.st_size) + "/" +
             std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec) + " ";
  }
  return stamp;
}

}  // namespace

std::shared_ptr<ssl::context> MakeTlsServer(const TlsServerConfig& tls, std::string& error) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(),
                                tls.min_version == "TLS13" ? TLS1_3_VERSION : TLS1_2_VERSION);
  // No sessions are resumed: a renewed client CA holds from the next connection on.
  SSL_CTX_set_session_cache_mode(context->native_handle(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context->native_handle(), 0);
  const ClientAuth* auth = FindClientAuth(tls.client_auth_type);
  if (auth == nullptr) {
    error = "client_auth_type: " + tls.client_auth_type + " is not known";
    return nullptr;
  }
  boost::system::error_code ec;
  context->use_certificate_chain_file(tls.cert_file, ec);
  if (ec) {
    error = "cert_file " + tls.cert_file + ": " + ec.message();
    return nullptr;
  }
  context->use_private_key_file(tls.key_file, ssl::context::pem, ec);
  if (ec) {
    error = "key_file " + tls.key_file + ": " + ec.message();
    return nullptr;
  }
  if (!tls.client_ca_file.empty()) context->load_verify_file(tls.client_ca_file, ec);
  if (ec || (auth->check_chain && tls.client_ca_file.empty())) {
    error = "client_ca_file " + tls.client_ca_file + ": " +
            (ec ? ec.message() : "is needed to verify client certificates");
    return nullptr;
  }
  const auto accept_any = [](int, X509_STORE_CTX*) { return 1; };
  SSL_CTX_set_verify(context->native_handle(), auth->verify,
                     auth->check_chain ? nullptr : +accept_any);
  return context;
}

ReloadingTlsServer::ReloadingTlsServer(TlsServerConfig tls, std::shared_ptr<ssl::context> first,
                                       std::function<void(std::string_view)> log)
    : tls_(std::move(tls)), log_(std::move(log)), seen_(Stamp(tls_)), current_(std::move(first)) {}

std::shared_ptr<ssl::context> ReloadingTlsServer::Current() {
  std::string now = Stamp(tls_);
  if (now == seen_) return current_;
  seen_ = std::move(now);
  // Half-written files are looked at again when they are whole.
  std::string error;
  if (auto renewed = MakeTlsServer(tls_, error)) {
    current_ = std::move(renewed);
  } else {
    log_("the certificate from before stays: " + error);
  }
  return current_;
}

}  // namespace mcp_vitals::net
