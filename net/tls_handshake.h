#pragma once

#include <string>

#include "net/connection.h"
#include "net/tls_context.h"
#include "net/tls_stream.h"

namespace mcp_vitals::net {

// Shakes hands on a connected stream: SNI, chain and name verified before anything of ours is sent.
// What the certificate says goes to `trace`, also when it does not verify. The caller guards time
// by the stream; all arguments must outlive the await. Errors: kCertificateExpired,
// kCertificateInvalid, kTlsFailed (trace.detail says more).
Task<Result<void>> ShakeHands(TlsStream& stream, const TlsConfig& config, bool trust_only,
                              const std::string& host, DialTrace& trace);

}  // namespace mcp_vitals::net
