#include "net/tls_verification.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <memory>

#include "net/resolver.h"

namespace mcp_vitals::net {

namespace {

constexpr long kMaxNameBytes = 512;

int ExDataIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::optional<std::chrono::sys_seconds> ToSeconds(const ASN1_TIME* time) {
  std::tm tm{};
  if (ASN1_TIME_to_tm(time, &tm) != 1) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&tm)));
}

std::string ToText(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(std::clamp(size, 0L, kMaxNameBytes))};
}

CertificateFacts ReadFacts(X509_STORE_CTX* store, int error) {
  CertificateFacts facts;
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  facts.not_after = ToSeconds(X509_get0_notAfter(leaf));
  facts.earliest_not_after = facts.not_after;
  facts.issuer = ToText(X509_get_issuer_name(leaf));
  facts.subject = ToText(X509_get_subject_name(leaf));
  STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    const auto not_after = ToSeconds(X509_get0_notAfter(sk_X509_value(sent, i)));
    const bool earlier = not_after && not_after < facts.earliest_not_after;
    if (earlier) facts.earliest_not_after = not_after;
  }
  if (error != X509_V_OK) facts.verification = X509_verify_cert_error_string(error);
  return facts;
}

bool ExpectAddress(SSL* ssl, const asio::ip::address& address) {
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return X509_VERIFY_PARAM_set1_ip(param, bytes.data(), bytes.size()) == 1;
  }
  const auto bytes = address.to_v6().to_bytes();
  return X509_VERIFY_PARAM_set1_ip(param, bytes.data(), bytes.size()) == 1;
}

bool ExpectName(SSL* ssl, std::string name) {
  if (name.ends_with('.')) name.pop_back();  // the root's dot is DNS's, not TLS's
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // SSL_set_tlsext_host_name without the cast in its macro.
  return !name.empty() &&
         SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1 &&
         SSL_set1_host(ssl, name.c_str()) == 1;
}

}  // namespace

bool Expect(SSL* ssl, const std::string& host, TlsVerification& verification) {
  if (SSL_set_ex_data(ssl, ExDataIndex(), &verification) != 1) return false;
  const auto address = ParseAddress(host);
  return address ? ExpectAddress(ssl, *address) : ExpectName(ssl, host);
}

void Detach(SSL* ssl) { SSL_set_ex_data(ssl, ExDataIndex(), nullptr); }

int VerifyAndRecord(X509_STORE_CTX* store, void*) {
  const auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* verification = static_cast<TlsVerification*>(SSL_get_ex_data(ssl, ExDataIndex()));
  if (verification == nullptr) return 0;
  const bool good = X509_verify_cert(store) == 1;
  verification->error = good ? X509_V_OK : X509_STORE_CTX_get_error(store);
  verification->facts = ReadFacts(store, verification->error);
  return good || verification->accept_anyway ? 1 : 0;
}

}  // namespace mcp_vitals::net
