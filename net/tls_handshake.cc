#include "net/tls_handshake.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <memory>

namespace mcp_vitals::net {

namespace {

// What the verification callback of one handshake writes to.
struct Verification {
  std::optional<CertificateFacts> facts;
  int error = X509_V_OK;
  bool skip = false;
};

int ExDataIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::chrono::system_clock::time_point ToTimePoint(const ASN1_TIME* time) {
  std::tm tm{};
  if (ASN1_TIME_to_tm(time, &tm) != 1) return {};
  return std::chrono::system_clock::from_time_t(timegm(&tm));
}

std::string ToText(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(std::clamp(size, 0L, 512L)));
}

CertificateFacts ReadFacts(X509_STORE_CTX* store, int error) {
  CertificateFacts facts;
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  facts.not_after = ToTimePoint(X509_get0_notAfter(leaf));
  facts.earliest_not_after = facts.not_after;
  facts.issuer = ToText(X509_get_issuer_name(leaf));
  facts.subject = ToText(X509_get_subject_name(leaf));
  STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    facts.earliest_not_after =
        std::min(facts.earliest_not_after, ToTimePoint(X509_get0_notAfter(sk_X509_value(sent, i))));
  }
  if (error != X509_V_OK) facts.verification = X509_verify_cert_error_string(error);
  return facts;
}

// In place of OpenSSL's own verification: the same verdict, but the facts are kept whatever it is.
int Verify(X509_STORE_CTX* store, void*) {
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* verification = static_cast<Verification*>(SSL_get_ex_data(ssl, ExDataIndex()));
  const bool good = X509_verify_cert(store) == 1;
  verification->error = good ? X509_V_OK : X509_STORE_CTX_get_error(store);
  verification->facts = ReadFacts(store, verification->error);
  return good || verification->skip ? 1 : 0;
}

// SSL_set_tlsext_host_name is a macro that casts in C's way.
bool SetServerName(SSL* ssl, std::string host) {
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1;
}

bool Prepare(SSL* ssl, const std::string& host, Verification& verification) {
  SSL_CTX_set_cert_verify_callback(SSL_get_SSL_CTX(ssl), &Verify, nullptr);
  boost::system::error_code not_an_address;
  (void)asio::ip::make_address(host, not_an_address);
  const bool is_name = not_an_address.failed();
  return SSL_set_ex_data(ssl, ExDataIndex(), &verification) == 1 &&
         (is_name ? SetServerName(ssl, host) && SSL_set1_host(ssl, host.c_str()) == 1
                  : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1);
}

Error ToError(int verify_error) {
  switch (verify_error) {
    case X509_V_OK:
      return Error::kTlsFailed;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Error::kCertificateExpired;
    default:
      return Error::kCertificateInvalid;
  }
}

}  // namespace

Task<Result<void>> ShakeHands(TlsStream& stream, std::shared_ptr<TlsContext> context,
                              std::string host, DialTrace& trace) {
  const std::string name =
      context->config().server_name.empty() ? host : context->config().server_name;
  Verification verification;
  verification.skip = context->config().insecure_skip_verify;
  SSL* ssl = stream.native_handle();
  if (!Prepare(ssl, name, verification)) {
    trace.detail = "the name " + name + " cannot be used for TLS";
    co_return Error::kTlsFailed;
  }
  const auto [ec] =
      co_await stream.async_handshake(asio::ssl::stream_base::client, asio::as_tuple(kUseTask));
  SSL_set_ex_data(ssl, ExDataIndex(), nullptr);
  trace.certificate = std::move(verification.facts);
  if (ec) {
    const Error error = verification.skip ? Error::kTlsFailed : ToError(verification.error);
    trace.detail = error == Error::kTlsFailed ? ec.message() : trace.certificate->verification;
    co_return error;
  }
  trace.tls_version = SSL_get_version(ssl);
  co_return Result<void>();
}

}  // namespace mcp_vitals::net
