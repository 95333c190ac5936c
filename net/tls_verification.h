#pragma once

#include <openssl/types.h>

#include <optional>
#include <string>

#include "net/connection.h"

namespace mcp_vitals::net {

// What verification found in one handshake. Attached to the handshake's SSL, and alive until it is
// over.
struct TlsVerification {
  std::optional<CertificateFacts> facts;
  int error = 0;               // OpenSSL's X509_V_…
  bool accept_anyway = false;  // only record
};

// Has the handshake of `ssl` ask for and verify `host`, a name or an address, and record what it
// finds. False when `host` cannot be a name.
bool Expect(SSL* ssl, const std::string& host, TlsVerification& verification);
void Detach(SSL* ssl);

// For SSL_CTX_set_cert_verify_callback: OpenSSL's own verdict, but what the certificates say is
// kept whatever it is. With a bad verdict the handshake ends before a client certificate is sent.
int VerifyAndRecord(X509_STORE_CTX* store, void*);

}  // namespace mcp_vitals::net
