#include "net/tls_handshake.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <utility>

#include "net/error.h"
#include "net/tls_verification.h"

namespace mcp_vitals::net {

namespace {

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

// The SSL must not point to a verification that has gone, however the handshake ends.
struct Attached {
  Attached(SSL* to, TlsVerification& verification, const std::string& host)
      : ssl(to), good(Expect(to, host, verification)) {}
  ~Attached() { Detach(ssl); }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;
  SSL* ssl;
  bool good;
};

}  // namespace

Task<Result<void>> ShakeHands(TlsStream& stream, const TlsConfig& config, bool trust_only,
                              const std::string& host, DialTrace& trace) {
  const std::string& name = trust_only || config.server_name.empty() ? host : config.server_name;
  TlsVerification verification;
  verification.accept_anyway = config.insecure_skip_verify && !trust_only;
  const Attached attached(stream.native(), verification, name);
  if (!attached.good) {
    trace.detail = "the name " + name + " cannot be used for TLS";
    co_return Error::kTlsFailed;
  }
  // A client certificate stands in the context, of which each connection has a copy.
  if (trust_only) SSL_certs_clear(stream.native());
  const auto done = co_await stream.ShakeHands(trace.detail);
  trace.certificate = std::move(verification.facts);
  if (!done) {
    const Error error =
        verification.accept_anyway ? Error::kTlsFailed : ToError(verification.error);
    if (error != Error::kTlsFailed) trace.detail = trace.certificate->verification;
    co_return error;
  }
  trace.tls_version = SSL_get_version(stream.native());
  co_return Result<void>();
}

}  // namespace mcp_vitals::net
